#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A test of the simulation: engines with one rule left out, each of which it must find.

usage: mutants.py BUILD [--quick | --only WORD]

For each mutant one file of src/engine or src/sync is copied with a piece of its text
replaced, compiled, and linked in front of the library that holds the true
one; then the simulation runs until it fails, with the same budget of seeds
as in ./dev check. A text that is not found any more fails, too: then the
mutant has to follow the code. --quick leaves out those of events and messages.
Prints TAP.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SEEDS = 20000
LIBRARIES = ("-lcrypto", "-lcurl", "-ljson-c", "-lpq", "-lyaml", "-lsystemd", "-lmicrohttpd")
# Mutants that stories of events and messages find, and no other ones.
EVENTS = ("hints: ", "messages: ")
# (what is left out, file, text, instead)
MUTANTS = [
    ("the lookback of what a scan reads", "scan.c", "return all ? TIME_NONE + 1 : since - state->lookback;",
     "return all ? TIME_NONE + 1 : since;"),
    ("the lookback of what is published", "workspace_state.c", "max_i64(state->complete_as_of, started - state->lookback)",
     "max_i64(state->complete_as_of, started)"),
    ("the direction of a scan", "scan.c", ".backwards = order_ascending(state->order),", ".backwards = false,"),
    ("the direction of a full sweep", "full.c", "begin_pass(state, order_ascending(state->order), ahead);",
     "begin_pass(state, false, ahead);"),
    ("the step back when rows have left", "sweep.c", "return moved > 0 ? (moved + sweep->per_page - 1) / sweep->per_page : 0;",
     "return 0;"),
    ("the join of overlapping pages", "overlap.c", "return last_joint(overlap, page) >= 0 || overlap->unjoined ? OVERLAP_JOINED : OVERLAP_APART;",
     "return OVERLAP_JOINED;"),
    ("the join after a crash", "full.c", "join(full, state, answer->n[0] > 0);", "join(full, state, true);"),
    ("the prefix check", "scan.c", "recheck_begin(&scan->recheck, answer, MOST_UNSEEN, oldest(scan), scan->limit);\n\tif (answer->n[0] > MOST_UNSEEN)",
     "recheck_begin(&scan->recheck, answer, 0, oldest(scan), scan->limit);\n\tif (false)"),
    ("the response that began a sweep which turns round", "sweep.c", "sweep->moved = sweep->moved || sweep->begun;", "sweep->begun = false;"),
    ("the page that is only looked at", "full.c", "sweep == &state->full.sweep && !sweep->begun;", "false;"),
    ("the direction from which rows are pushed", "full.c", "pushed < ENOUGH_PUSHED;", "true;"),
    ("the age test of the certificate", "certificate.c", "return started == TIME_NONE ? TIME_NONE : started - lookback;",
     "return started == TIME_NONE ? TIME_NONE : TIME_NEVER;"),
    ("the closing scan of a full sweep", "certificate.c", "sweep->end == SWEEP_SHALLOW) && sweep->moved &&",
     "sweep->end == SWEEP_SHALLOW) && false &&"),
    ("the closing of a scan", "scan.c", "else if (sweep_has_moved(&scan->sweep))", "else if (false)"),
    ("the second pass being judged at all", "full.c", "if (snapshot || (certificate_is_sound(state, total, all) && started != TIME_NONE &&",
     "if (snapshot || f->pass == 2 || (certificate_is_sound(state, total, all) && started != TIME_NONE &&"),
    ("the evidence that separates an order from its rivals", "order.c", "#define ENOUGH_INVERSIONS 8", "#define ENOUGH_INVERSIONS 1"),
    ("the demotion", "workspace_state.c", "if (state->complete_as_of > state->certified_at)", "if (false)"),
    ("the fuse", "recheck.c", "lost + recheck->deleted_lately > most", "false"),
    ("the look behind a last page that is full", "sweep_state.c", "if (!sweep->plan.probe || !full || end == SWEEP_LOST) {", "if (true) {"),
    ("the end of a list that is read from there", "sweep.c", "int64_t end = sweep->plan.backwards ? sweep->first_total : sweep->last_total;",
     "int64_t end = sweep->last_total;"),
    ("the page at the end that was full when it was read", "sweep.c", "sweep->full = page->n == sweep->per_page;",
     "sweep->full = false;"),
    ("the cost of a list of one full page", "plan.c", "facts->changed >= state->last_total;", "false;"),
    ("the second page of a list by creation", "scan.c", "since == TIME_NONE || !order_by_update(state->order);", "since == TIME_NONE;"),
    ("the creations that have not come", "sweep_state.c", "page->rows[i].created_at <= until", "true"),
    ("numbers of scans that no other one has", "engine.c", "e->scans += NUMBERS_OF_A_SCAN;", "(void)NUMBERS_OF_A_SCAN;"),
    ("the parts of the whole", "full.c", "if (!full->proven || !odd) {", "if (true) {"),
    ("totals that jump", "certificate.c", "return !sweep->beyond && (state->order != ORDER_UNKNOWN || most <= total);",
     "return !sweep->beyond;"),
    ("the total of a scan of several pages", "scan.c", "sweep->pages == 1 || !sweep->moved", "sweep->pages == 1"),
    ("the parts, where fewer are counted than held", "scan.c", "if ((scan->unaccounted >= 0 && proven) || scan->sweep.started == TIME_NONE) {",
     "if (true) {"),
    ("late changes", "workspace_state.c", "if (by < 0 || by > most)", "if (true)"),
    ("the floor after a bulk action", "scan.c", "max_i64(state->watermark, started - state->lookback);", "state->watermark;"),
    ("the age of what a told total counts", "curve.c", "if (created_before(&count, last->to - lookback) == last->total)",
     "if (created_before(&count, last->to + lookback) == last->total)"),
    ("the steadiness of totals", "curve.c", "return rises <= births + births / YOUNG_AND_GONE;",
     "return rises >= 0;"),
    ("the control GET", "recheck.c", "recheck->step = RECHECK_CONTROL;", "recheck->step = RECHECK_AGAIN, to_next_gone(recheck);"),
    ("the parts of a list that is too deep", "full.c", "} else if (sweep_done(sweep) && sweep->end == SWEEP_SHALLOW) {",
     "} else if (sweep_done(sweep) && false) {"),
    ("what is known to be missing, in a free total", "scan.c", "sweep->last_total - answer->live + answer->absent -",
     "sweep->last_total - answer->live -"),
    ("what is known to be unlisted", "recheck.c", "recheck->withheld[at] && !recheck->known[at];", "recheck->withheld[at];"),
    ("what a filter shows beside", "engine.c", "engine->state.filterless = true;", "(void)0;"),
    ("the Date that has not come", "api_time.c", "api_time_ahead(told) > 0 || ", ""),
    ("the taking back of the future", "certificate.c", "workspace_state_take_back_future(state);", ""),
    ("what holds the instants", "workspace_state.c", "if (started == TIME_NONE || state->holding > 0)", "if (started == TIME_NONE)"),
    ("what holds the instants of the unresolved", "workspace_state.c", "if (started != TIME_NONE && state->holding == 0)",
     "if (started != TIME_NONE)"),
    ("what holds in the very batch", "engine.c", "if (tally->held_back) {", "if (false) {"),
    ("the word for what holds", "engine.c", "return proves && e->state.holding > 0 ? VERDICT_REJECTED : verdict;", "return verdict;"),
    ("the page that was none", "engine.c", "engine->misshapen = true;", "(void)0;"),
    ("the asking again for what could not be loaded", "plan.c", "return of_changes && state->askable > 0;", "return of_changes && false;"),
    ("what a certified sweep no longer sees and that held", "full.c", "state->holding = full->holding;", ""),
    ("what is there and stands in no list", "full.c", "refute(full, UNPROVEN_UNLISTED);", "(void)0;"),
    ("the end of a part that shows one page", "partition.c", "\t\tend_part(partition);\n\t\treturn;", "\t\treturn;"),
    ("what could not be loaded, in counts", "action.c", "slack += answer->rejected + answer->outdated;", "(void)slack;"),
    ("what is not counted either, when an order is judged", "scan.c", "scan->unaccounted == -scan->recheck.unchanged;", "false;"),
    ("the word for a page without a Date", "full.c", "if (full->proven && full->proven_at == TIME_NONE)", "if (false)"),
    ("the end of a list that runs ahead", "sweep.c", " || sweep->no_nearer >= MOST_NO_NEARER)", ")"),
    ("the parts that an audit adds up", "audit.c", "workspace_state_withhold(state, UNPROVEN_PARTS);", "(void)state;"),
    ("absences that only a proven sweep tells", "full.c", "action->absences = full->proven || full->why == UNPROVEN_UNLISTED;",
     "action->absences = true;"),
    ("pages shown again in place of deeper ones", "sweep_state.c", "if (repeats < page->n && before < page->total", "if (page->n > 0 && before < page->total"),
    ("the end of a list that goes on behind its total", "full.c", "sweep->started == TIME_NONE || sweep->beyond)", "sweep->started == TIME_NONE)"),
    ("the end of passes whose totals jump", "full.c", "state->order == ORDER_UNKNOWN && !full->jumpy &&", "state->order == ORDER_UNKNOWN &&"),
    ("the most that is read again", "sweep.c", "sweep->stepped_back > sweep_pages(sweep->largest_total, sweep->per_page))", "false)"),
    ("the pair that two pages make, when it is looked at again", "sweep.c", "sweep->skip = sweep->asked;\n\t\treturn;", "sweep_state_go_to(sweep, sweep->page);\n\t\treturn;"),
    ("the pair that two pages make backwards", "order.c", "watch->has_edge = n > 0;", "watch->has_edge = n > 0 && !backwards;"),
    ("the look behind the page that a tail scan begins with", "sweep.c", "sweep->plan.backwards && sweep->full);", "false);"),
    ("the end that a tail scan does not see", "overlap.c", "return !overlap->begun && overlap->backwards && overlap->base + page->n < page->total;",
     "return !page;"),
    ("the probe that is refused", "sweep.c", "\tif (sweep->probing) {\n\t\tsweep_state_end_at", "\tif (false) {\n\t\tsweep_state_end_at"),
    ("the first response of unresolved scans", "unresolved_scan.c", "if (!unresolved_scan->begun)", "if (unresolved_scan->started == TIME_NONE)"),
    ("the statuses after several passes", "full.c", " || state->full.pass > 1;", ";"),
    ("the commit before a scan is read again", "scan.c", "(shaky || jumped) && scan->tries < MOST_TRIES)\n\t\tscan->step = SCAN_FLUSH_AGAIN;",
     "(shaky || jumped) && scan->tries < MOST_TRIES)\n\t\tbegin_try(scan, state);"),
    ("the rows that a closing scan did not show", "scan.c", "if (answer->n[0] > 0) {", "if (false) {"),
    ("the deletions before another question", "scan.c", "sweep_has_moved(&scan->sweep) && scan->recheck.n > 0)", "false)"),
    ("a row that one page shows twice", "sweep_state.c", "if (repeated[i] || recent_has(&sweep->window, page->rows[i].id))",
     "if (repeated[i])"),
    ("what stands in the list of no status", "unresolved_scan.c", "if (short_of || is_cut(unresolved_scan))", "if (is_cut(unresolved_scan))"),
    ("filters that leave some out", "audit.c", "state->filterless = audit->filterless = true;", "audit->parted = true;"),
    ("messages: the place of the last one that is known", "messages.c",
     "return place >= 0 && (place >= page->n || page->rows[place].id != r->last);", "return false;"),
    ("messages: pages that overlap", "messages.c", "int64_t page = r->count > 0 ? (r->count - 1) / size + 1 : 1;", "int64_t page = r->count / size + 1;"),
    ("messages: the number of a reading that begins anew", "messages.c", "\tr->number++;\n", ""),
    ("messages: the end of a list that is left alone", "messages.c", "\t\tr->end = MESSAGES_POSTPONED;\n\t\tr->over = true;\n\t}\n}",
     "\t\tr->end = MESSAGES_WHOLE;\n\t\tr->over = true;\n\t}\n}"),
    ("messages: the reading again of what is not resolved", "messages.c", "if (m->n == 0)\n\t\tm->turn++;",
     "if (m->n == 0)\n\t\tm->turn += m->turn == MESSAGES_CHANGED ? 2 : 1;"),
    ("hints: the end of the ids", "hinted.c", "if (++hinted->next == hinted->n)", "if (++hinted->next > hinted->n)"),
    ("messages: whether updated_at tells", "messages.c", "moved >= SURE_MOVES && unmoved * STRAY <= moved)", "moved >= SURE_MOVES)"),
    ("messages: how many readings it takes to be sure", "messages.c", "moved >= SURE_MOVES && unmoved", "moved >= 1 && unmoved"),
    ("messages: what is learned", "messages.c", "\tm->moved = answer->n[0];\n", ""),
    ("messages: the batch that is full", "messages.c", "if (!m->enough && !(stage_full && m->wrote) && send_next(m, action))",
     "if (!m->enough && send_next(m, action))"),
    ("messages: the word at the end", "messages.c", "action_done(action, m->turn == MESSAGES_TURNS ? VERDICT_READ : VERDICT_NONE);",
     "action_done(action, VERDICT_READ);"),
    ("messages: the word of the last commit", "messages.c", "action->verdict = m->turn == MESSAGES_TURNS ? VERDICT_READ : VERDICT_NONE;",
     "action->verdict = VERDICT_READ;"),
    ("messages: the quota that history leaves", "messages.c", ".spares = m->turn == MESSAGES_HISTORY },", ".spares = false },"),
    ("messages: what was written down already", "messages.c", "\t\tr->unwritten = false;\n", ""),
    ("messages: how often it was begun anew, once", "messages.c", "\t\tr->told = r->anew;\n", ""),
    ("messages: the end of beginning anew", "messages.c", "if (++r->anew > ANEW_MOST) {", "if (++r->anew < 0) {"),
    ("messages: the page in the middle that is not full", "messages.c", "*odd = more && page->n < page->per_page;", "*odd = false;"),
    ("messages: those that are gone", "messages.c", "r->end = MESSAGES_GONE;", "r->end = MESSAGES_WHOLE;"),
    ("messages: the third refusal in a row", "messages.c", "return ++messages->refusals < REFUSALS_MOST;", "return ++messages->refusals > 0;"),
    ("messages: a page between refusals", "messages.c", "\tmessages->refusals = 0;\n", ""),
    ("messages: instants that have not come to a message", "messages.c", "r->newest > changed + SAME_MOMENT &&\n\t\t\tr->newest <= known_until(state, r->due.unresolved);",
     "r->newest > changed + SAME_MOMENT;"),
    ("messages: what is known of those that are resolved", "messages.c", "return unresolved ? max_i64(state->complete_as_of, state->active_as_of)\n\t\t\t  : state->complete_as_of;",
     "return max_i64(state->complete_as_of, state->active_as_of) + 0 * unresolved;"),
    ("messages: the commit before other conversations are asked for", "messages.c", "else if (m->wrote)\n\t\tcommit(m, action, false);",
     "else if (false)\n\t\tcommit(m, action, false);"),
    ("messages: the older copies that are not its business", "engine.c", "e->phase != PHASE_STALE && e->phase != PHASE_MESSAGES &&", "e->phase != PHASE_STALE &&"),
    ("hints: the moment in which they are gathered", "hints.c", "TIME_NEVER : first + GATHERED;", "TIME_NEVER : first;"),
    ("hints: those that a cycle looks at", "hints.c", "int i = hints->taken;\n\n\twhile", "int i = 0;\n\n\twhile"),
    ("hints: the mark of those that do not fit", "hints.c", "if (hints->n == HINTS_MOST) {\n\t\thints_add_more(hints, now);", "if (hints->n == HINTS_MOST) {"),
    ("hints: the mark of ids that are too long", "hints.c", "if (n >= HINTS_ID_SIZE) {\n\t\thints_add_more(hints, now);", "if (n >= HINTS_ID_SIZE) {"),
    ("hints: the mark's own time", "hints.c", "if (hints->more)\n\t\tfirst = min_i64(first, hints->more_heard);", ""),
    ("hints: the message that the second event tells of", "hints.c", "hints->list[at].message = hints->list[at].message || message;", ""),
    ("hints: the message that an event told of meanwhile", "hints.c", "hints->list[first].message = hints->list[first].message || hints->list[i].message;", ""),
    ("hints: one of two that are the same", "hints.c", "\t\tjoin(hints);\n", "\t\thints->taken = 0;\n"),
    ("hints: those of a cycle that failed", "hints.c", "\tif (well) {\n", "\tif (well || true) {\n"),
    ("hints: the mark of a cycle that failed", "hints.c", "\t\thints->more = hints->more || hints->more_taken;\n", ""),
    ("hints: the end of the mark", "hints.c", "\thints->more_taken = hints->more;\n\thints->more = false;\n", "\thints->more_taken = hints->more;\n"),
    ("hints: the cycle for those that did not fit", "plan.c", "if (conf->more_hinted || cost < conf->n_hinted ||", "if (cost < conf->n_hinted ||"),
    ("hints: the cycle that takes fewer requests", "plan.c", "if (conf->more_hinted || cost < conf->n_hinted ||", "if (conf->more_hinted ||"),
    ("hints: the list of one page", "plan.c", "(cost == conf->n_hinted && strategy == STRATEGY_ONE_PAGE))", "false)"),
    ("hints: the looks that take as many", "plan.c", "cost < conf->n_hinted ||", "cost <= conf->n_hinted ||"),
    ("hints: the cost of the last unresolved scan", "plan.c", "return strategy == STRATEGY_UNRESOLVED_SCAN ? max_i64(cost, conf->usual_cost) : cost;", "return cost;"),
    ("hints: each of the ids", "hinted.c", "struct request request = { .kind = REQUEST_GET, .item = hinted->next };", "struct request request = { .kind = REQUEST_GET, .item = 0 };"),
    ("messages: the order of the turns", "messages.c", ".turn = m->turn,", ".turn = m->turn ^ 1,"),
]


def run(*command, **kwargs):
    return subprocess.run(command, capture_output=True, text=True, cwd=TOP, check=False, **kwargs)


def objects(build):
    where = os.path.join(build, "tests", "sim")
    return sorted(os.path.join(where, n) for n in os.listdir(where) if n.startswith("sim-") and n.endswith(".o"))


def make(build, directory, name, text):
    """The simulation with the mutant in it; the compiler's complaint, if it has one."""
    source, obj, program = (os.path.join(directory, n) for n in (name, "mutant.o", "sim"))
    with open(source, "w", encoding="utf-8") as f:
        f.write(text)
    cc = shlex.split(os.environ.get("CC", "cc"))
    out = run(*cc, "-O2", "-D_GNU_SOURCE", "-Isrc/base", "-Isrc/engine", "-Isrc/sync", "-c", source, "-o", obj)
    if out.returncode == 0:
        libraries = [os.path.join(build, f"lib{n}.a") for n in ("sync", "warehouse", "source", "engine", "port", "base")]
        out = run(*cc, obj, *objects(build), *libraries, *LIBRARIES, "-lm", "-o", program)
    return program, out.stderr if out.returncode else ""


def hunt(program, seeds, kinds):
    """By which case or seed the mutant is found; '' when it is not."""
    out = run(program, "--brief", "--seeds", "0", "--wholes", "0").stdout
    found = re.search(r"^not ok \d+ - sim: (.*)(?:\n#   (.*))?", out, re.M)
    if found:
        return f'the case "{found[1]}": {found[2] or "it fails"}'
    for kind in kinds:
        other = "--seeds" if kind == "--wholes" else "--wholes"
        out = run(program, "--no-cases", "--brief", kind, str(seeds), other, "0").stdout
        found = re.search(r"#   ((?:seed|whole) \d+): (.*)", out)
        if found:
            break
    return f"{found[1]}: {found[2]}" if found else ""


def judge(build, left_out, name, old, new):
    """By which case or seed a mutant is found, and why it could not be made or read."""
    folder = next(f for f in ("engine", "sync") if os.path.exists(os.path.join(TOP, "src", f, name)))
    with open(os.path.join(TOP, "src", folder, name), encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        return "", f"its text is in {name} {text.count(old)} times, and must be there once"
    with tempfile.TemporaryDirectory() as directory:
        program, why = make(build, directory, name, text.replace(old, new))
        # Events and messages are in the stories of the one kind alone.
        kinds = ("--wholes", "--seeds") if left_out.startswith(EVENTS) else ("--seeds", "--wholes")
        return ("", why) if why else (hunt(program, SEEDS, kinds), "nothing was found")


def main():
    build, only = os.path.abspath(sys.argv[1]), sys.argv[3] if len(sys.argv) > 3 else ""
    chosen = [m for m in MUTANTS if only in m[0] and not ("--quick" in sys.argv and m[0].startswith(EVENTS))]
    failed = 0
    print(f"1..{len(chosen)}")
    # Each is a program of its own: as many at once as there are processors.
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        judged = workers.map(lambda m: judge(build, *m), chosen)
        for number, ((left_out, *_), (found, why)) in enumerate(zip(chosen, judged), 1):
            failed += not found
            print(f"{'ok' if found else 'not ok'} {number} - mutant: without {left_out}, {found or why}", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
