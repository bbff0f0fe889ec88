# SPDX-License-Identifier: MIT
"""Workspaces with an invented history, and what follows from all that they were shown, without any of the program's SQL."""
import random
from datetime import datetime, timedelta, timezone
from itertools import count
from zoneinfo import ZoneInfo

from story import Story, conversation

CHANNELS = [("wa", "whatsapp", "WA Toko"), ("ig", "instagram", "IG Toko")]
AGENTS = [("A", "Ayu"), ("B", "Budi"), ("C", "Citra")]
TEAMS = [("t1", "Kasir"), ("t2", "Gudang")]
LABELS = ["refund", "complaint", "vip"]
BEGINS = datetime(2026, 3, 1, tzinfo=timezone.utc)
ENDS = datetime(2026, 3, 20, 15, 2, tzinfo=timezone.utc)        # the twentieth in both zones
TARGET = timedelta(hours=5)


class Told:
    """A conversation as it was shown: its states, each since when."""

    def __init__(self, shop, id, origin, item):
        self.shop, self.id, self.origin, self.gone, self.touches = shop, id, origin, False, 0
        self.created, self.contact = item["created_at"], item["contact"]
        self.states, self.labelled, self.guessed = [], [], set()
        self.take(item, None)
        # Of one that is older than history nobody knows since when it was so.
        if origin == "backfill" and item["updated_at"] - self.created > timedelta(minutes=30):
            self.guessed.add(item["updated_at"])

    def take(self, item, looked):
        """What it is now; LOOKED is when the workspace was looked at before, so that nothing is known of the time since."""
        state = (item["status"], item["assignee"], item["team"], item["channel"])
        since = item["updated_at"] if self.states or self.origin == "backfill" else self.created
        if not self.states or self.states[-1][1] != state:
            self.states.append((since, state))
        elif self.labels == item["labels"]:
            self.touches += 1
        self.labels, self.updated = item["labels"], item["updated_at"]
        if not self.labelled or self.labelled[-1][1] != set(self.labels):
            self.labelled.append((since, set(self.labels)))
        # What is proven at a look is proven up to two minutes before it.
        if looked and since - looked > timedelta(minutes=28):
            self.guessed.add(since)

    def status(self):
        return self.states[-1][1][0]

    def now(self, what):
        thing = self.states[-1][1][("status", "assignee", "team", "channel").index(what)]
        return thing and (thing if what == "status" else thing[-1])

    def day(self, moment):
        return moment.astimezone(self.shop.zone).date()

    def moves(self):
        """Each change: when, the state before, the state after."""
        return [(b[0], a[1], b[1]) for a, b in zip(self.states, self.states[1:])]

    def resolutions(self):
        """When, since when the cycle ran (None: not known), the state, and when it was reopened."""
        found, since = [], self.created if self.origin == "observed" else None
        for at, was, is_ in self.moves():
            if was[0] != "resolved" and is_[0] == "resolved":
                found.append([at, since, is_, None])
            elif was[0] == "resolved" and is_[0] != "resolved":
                since = at
                if found:
                    found[-1][3] = at
        return found

    def first_resolved(self):
        done = self.resolutions()
        return done[0] if done and self.origin == "observed" else None

    def stays(self):
        ends = [at for at, _ in self.states[1:]] + [self.shop.known]
        return [(state, max(0, (end - at).total_seconds()), at, end) for (at, state), end in zip(self.states, ends)]

    def seconds(self, wanted):
        return sum(length for state, length, _, _ in self.stays() if wanted(state))

    def unresolved_at(self, moment):
        """At the end of a day: what began at that instant is the next day's."""
        held = [state for at, state in self.states if at < moment]
        return held[-1] if held and held[-1][0] != "resolved" else None


class Shop:
    """A workspace, and all that it was shown."""

    def __init__(self, etl, name, zone, seed):
        targets = [{"metric": "first_resolution", "within": int(TARGET.total_seconds()) * 10**6, "channel_type": None, "label": None}]
        self.story = Story(etl, name=name, zone=zone, session_zone="America/New_York",
                           settings={"hours": [], "holidays": [], "targets": targets, "drops_names": False, "drops_phones": False})
        self.chance, self.zone, self.told, self.items, self.number = random.Random(seed), ZoneInfo(zone), {}, {}, count(1)
        self.name, self.known = name, ENDS - timedelta(minutes=2)
        self.data_day, self.looked = self.known.astimezone(self.zone).date(), None

    def show(self, moment, *items, gone=(), **options):
        self.story.see(moment.isoformat(), *items, gone=gone, **options)
        for item in items:
            if item["id"] in self.told:
                self.told[item["id"]].take(item, self.looked)
            else:
                self.told[item["id"]] = Told(self, item["id"], "backfill" if item["created_at"] < BEGINS else "observed", item)
        for id in gone:
            self.told[id].gone = True
        self.looked = moment

    def new(self, moment):
        c = self.chance
        item = conversation(f"{self.name}-{next(self.number)}", "open", moment.isoformat(), channel=c.choice(CHANNELS), contact=f"{self.name}-k{c.randrange(30)}",
                            assignee=c.choice([None, None, *AGENTS]), team=c.choice([None, *TEAMS]), labels=c.sample(LABELS, c.randrange(3)))
        self.items[item["id"]] = item
        return item

    def changed(self, moment):
        """An item that is another than before, or was only touched."""
        c = self.chance
        item = dict(self.items[c.choice(sorted(self.items))])
        item["updated_at"] = moment
        what = c.random()
        if what < 0.25:
            item["assignee"] = c.choice([None, *AGENTS])
        elif what < 0.65:
            item["status"] = c.choice(["resolved"] * 4 + ["pending", "snoozed"]) if item["status"] == "open" else "open" if c.random() < 0.7 else "resolved"
            if c.random() < 0.4:
                item["assignee"] = c.choice(AGENTS)
        elif what < 0.75:
            item["labels"] = sorted(c.sample(LABELS, c.randrange(3)))
        elif what < 0.85:
            item["team"] = c.choice([None, *TEAMS])
        elif what < 0.9:
            item["channel"] = c.choice(CHANNELS)
        self.items[item["id"]] = item
        return item

    def live(self, steps):
        c = self.chance
        old = [dict(self.new(BEGINS - timedelta(days=9 + n)), updated_at=BEGINS - timedelta(days=3, hours=n)) for n in range(5)]
        old[0]["status"] = "resolved"
        self.items.update({o["id"]: o for o in old})
        self.show(BEGINS, *old, first_load_ends=True)
        moment = BEGINS
        for _ in range(steps):
            moment += timedelta(seconds=c.randrange(600, 2 * 1600000 // steps))
            if moment > ENDS - timedelta(hours=5):
                break
            what = c.random()
            # Most is seen within minutes; some after hours, of which its times are estimated.
            seen = moment + (timedelta(hours=3) if c.random() < 0.1 else timedelta(seconds=c.randrange(20, 100)))
            if what < 0.33:
                self.show(seen, self.new(moment))
            elif what < 0.37:
                self.show(seen, self.new(max(BEGINS + timedelta(hours=1), moment - timedelta(days=c.randrange(1, 6)))))
            elif what < 0.4 and len(self.items) > 5:
                id = c.choice(sorted(self.items))
                del self.items[id]
                self.show(seen, gone=[id])
            else:
                self.show(seen, self.changed(moment))
            moment = seen
            if c.random() < 0.1:
                self.story.refresh()
        self.show(ENDS)
        self.story.refresh()
