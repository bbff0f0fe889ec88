# SPDX-License-Identifier: MIT
"""`webhook register` and `remove`, and what `check` and `status` say of events."""
import os
import resource
import stat
import subprocess

import pytest
from daemon import loaded, wait_for
from webhook import Webhook

SELDOM = "{incremental: 1h, verify: 1d}"


@pytest.fixture
def hooked(pair, tmp_path):
    """A sandbox, a warehouse, and a webhook of which there is no secret yet."""

    def make(**workspace):
        hook = Webhook(tmp_path)
        os.unlink(hook.file)
        sandbox, etl = pair(conversations=100, workspace={"schedule": SELDOM, "webhook": hook.conf(), **workspace})
        return sandbox, etl, hook

    return make


def lines(hook):
    with open(hook.file) as f:
        return [line.split() for line in f.read().splitlines()]


def at_api(sandbox):
    return {h["id"]: h for h in sandbox.control("webhooks")["webhooks"]}


def test_a_registered_webhook_works_at_once(hooked, daemons):
    sandbox, etl, hook = hooked()
    daemons(etl)
    loaded(etl, 100)
    done = etl.run("webhook", "register", hook.url)
    ((id, webhook),) = at_api(sandbox).items()
    assert id in done.stdout and webhook["secret"] not in done.stdout + done.stderr
    assert lines(hook) == [[webhook["secret"], id]] and stat.S_IMODE(os.stat(hook.file).st_mode) == 0o600
    assert sorted(webhook["events"]) == ["conversation.created", "conversation.resolved", "conversation.updated", "message.created"]
    (changed,) = sandbox.change("reopen")
    wait_for(lambda: etl.one("select status from sahut.conversation where id = %s", changed) == "open", "the row")
    status = etl.status()
    assert status["last_event_at"] and float(status["event_delay_seconds"]) >= 2 and status["unspoken_changes"] == 0
    assert "from an event to its row it took" in etl.run("status").stdout
    assert "the last one came at" in etl.run("check").stdout


def test_a_second_secret_and_the_end_of_the_first(hooked):
    sandbox, etl, hook = hooked()
    etl.run("webhook", "register", hook.url)
    etl.run("webhook", "register", hook.url)
    hooks = at_api(sandbox)
    first, second = sorted(hooks)
    assert lines(hook) == [[hooks[second]["secret"], second], [hooks[first]["secret"], first]]
    refused = etl.run("webhook", "register", hook.url, expect=64)
    assert "two secrets" in refused.stderr and len(at_api(sandbox)) == 2
    etl.run("webhook", "remove", first)
    assert lines(hook) == [[hooks[second]["secret"], second]] and list(at_api(sandbox)) == [second]
    etl.run("webhook", "remove", second)
    assert not os.path.exists(hook.file) and at_api(sandbox) == {}
    assert etl.run("webhook", "remove", second, expect=None).returncode != 0


def test_one_that_is_gone_at_the_api_leaves_the_file(hooked):
    sandbox, etl, hook = hooked()
    etl.run("webhook", "register", hook.url)
    (id,) = at_api(sandbox)
    sandbox.api("DELETE", "/webhooks/" + id)
    assert "not there any more" in etl.run("webhook", "remove", id).stdout
    assert not os.path.exists(hook.file)


def test_a_secret_of_the_web_interface_stays(hooked):
    sandbox, etl, hook = hooked()
    hook.keep("whsec_by_hand")
    other = Webhook.register(hook, sandbox)
    hook.keep("whsec_by_hand")
    assert "none is labelled so" in etl.run("webhook", "remove", other["id"]).stdout
    assert lines(hook) == [["whsec_by_hand"]]


def test_where_no_secret_can_be_written_nothing_is_registered(hooked):
    sandbox, etl, hook = hooked()
    os.mkdir(hook.file + ".new")
    etl.run("webhook", "register", hook.url, expect=71)
    assert at_api(sandbox) == {} and sandbox.stats()["by_kind"]["webhook"] == 0
    os.rmdir(hook.file + ".new")
    # The file can be made, but not take its place.
    os.makedirs(os.path.join(hook.file, "x"))
    failed = etl.run("webhook", "register", hook.url, expect=None)
    assert failed.returncode != 0 and at_api(sandbox) == {}


@pytest.fixture
def small(tmp_path):
    """A directory on a file system of four pages, or of as many files as are asked for."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    place = tmp_path / "small"
    place.mkdir()

    def make(options):
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True).returncode:
            pytest.skip("no file system can be mounted here")
        return place

    yield make
    subprocess.run(["umount", "-l", str(place)], capture_output=True)


@pytest.mark.parametrize("full", ["disk", "inodes", "read_only"])
def test_where_the_disk_is_full_nothing_is_registered_and_what_was_stays(hooked, small, full):
    sandbox, etl, hook = hooked()
    place = small("size=16k,nr_inodes=3" if full == "inodes" else "size=16k")
    hook.file = str(place / "secret")
    etl.workspaces[0]["webhook"] = hook.conf()
    etl.write()
    etl.run("webhook", "register", hook.url)
    ((first, _),) = at_api(sandbox).items()
    before = lines(hook)
    filler = place / "filler"
    if full == "inodes":
        filler.touch()
    elif full == "disk":
        with pytest.raises(OSError), open(filler, "wb", buffering=0) as f:
            while True:
                f.write(b"x" * 4096)
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    refused = etl.run("webhook", "register", hook.url, expect=71)
    assert hook.file in refused.stderr and ("No space left" in refused.stderr or "Read-only" in refused.stderr)
    assert list(at_api(sandbox)) == [first] and sandbox.stats()["by_kind"]["webhook"] == 1
    assert lines(hook) == before and not os.path.exists(hook.file + ".new")
    # What was full has room again: nothing is in the way.
    if full == "read_only":
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    else:
        filler.unlink()
    etl.run("webhook", "register", hook.url)
    assert len(lines(hook)) == 2 and len(at_api(sandbox)) == 2


def test_where_files_may_not_grow_it_is_a_full_disk(hooked):
    """A limit on the size of files: the signal that it sends by default would end the program without a word."""
    sandbox, etl, hook = hooked()

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = subprocess.run(etl.command("webhook", "register", hook.url), capture_output=True, text=True, env=etl.environment(), preexec_fn=limit)
    assert done.returncode == 71 and "File too large" in done.stderr, (done.returncode, done.stderr)
    assert at_api(sandbox) == {} and not os.path.exists(hook.file) and not os.path.exists(hook.file + ".new")


def test_an_answer_without_a_secret_is_undone(hooked):
    sandbox, etl, hook = hooked()
    for body in ('{"data":{"id":"wh_1"}}', '{"data":{"id":"wh_1","secret":""}}', '{"data":{"id":"wh_1","secret":"a b"}}', '{"data":{"id":"wh_1","secret":7}}'):
        sandbox.fault("body", match="webhook", body=body)
        failed = etl.run("webhook", "register", hook.url, expect=65)
        assert "wh_1" in failed.stderr
        assert not os.path.exists(hook.file) and not os.path.exists(hook.file + ".new")
    assert sandbox.stats()["by_kind"]["webhook"] == 8


def test_what_cannot_be_registered_is_refused(hooked):
    sandbox, etl, hook = hooked()
    for arguments in ((), ("register",), ("remove",), ("list",), ("register", "a", "b")):
        etl.run("webhook", *arguments, expect=64)
    assert etl.run("webhook", "register", "http://etl.example.com/webhook/utama", expect=78)
    assert sandbox.stats()["by_kind"]["webhook"] == 0
    del etl.workspaces[0]["webhook"]
    etl.write()
    assert "no section webhook" in etl.run("webhook", "register", hook.url, expect=78).stderr


def test_a_path_that_the_daemon_does_not_have_is_said(hooked):
    sandbox, etl, hook = hooked()
    done = etl.run("webhook", "register", f"http://127.0.0.1:{hook.port}/events")
    assert "/webhook/utama" in done.stderr and len(at_api(sandbox)) == 1


def test_check_tells_whether_events_arrive(hooked, daemons):
    sandbox, etl, hook = hooked()
    etl.run("sync")
    assert "no such file" in etl.run("check", expect=None).stdout.lower()
    etl.run("webhook", "register", hook.url)
    told = etl.run("check").stdout
    assert "no daemon takes them" in told and "none has come yet" not in told.split("no daemon")[0]
    daemons(etl)
    wait_for(lambda: "no daemon takes them" not in etl.run("check").stdout, "the listener")
    assert "none has come yet" in etl.run("check").stdout


def test_silence_is_noticed(hooked, daemons):
    sandbox, etl, hook = hooked(schedule="{incremental: 5s, verify: 1d}")
    daemon = daemons(etl)
    loaded(etl, 100)
    hook.keep("whsec_x")
    for _ in range(3):
        (changed,) = sandbox.change("update")
        there = [i for i in sandbox.dump()["conversations"] if i["id"] == changed][0]["updated_at"]
        wait_for(lambda: etl.one("select updated_at >= %s::timestamptz from sahut.conversation where id = %s", there, changed), "the change")
    daemon.wait_text("since the last event of a webhook came")
    wait_for(lambda: etl.status()["unspoken_changes"] >= 3, "the count")
    assert "of which none spoke" in etl.run("status").stdout
    assert "is the webhook registered" in etl.run("check").stdout
    assert hook.post(b"{}", hook.sign(b"{}", "whsec_x")) == 200
    wait_for(lambda: etl.status()["unspoken_changes"] == 0, "an end of it")
