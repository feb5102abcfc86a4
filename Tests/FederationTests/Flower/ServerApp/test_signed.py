"""What the coordinator signs: who takes part, and what happened."""

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout

from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec
from flwr.proto.node_pb2 import NodeInfo
from secondlook_federation import ledger, roster
from secondlook_federation.measure import measure
from secondlook_federation.roster import Partners, RosterUnusable
from secondlook_federation.signing import CoordinatorKey, KeyUnusable, written
from secondlook_federation.work import Work
from test_rounds import WAITS, Federation, Site, Sites


def key(curve=ec.SECP384R1):
    return ec.generate_private_key(curve()).public_key()


def line(key):
    return key.public_bytes(forms.Encoding.OpenSSH, forms.PublicFormat.OpenSSH).decode()


def pem(key):
    return key.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo).decode()


class Known(Sites):
    """A grid whose SuperLink knows its sites by their keys."""

    def __init__(self, *sites):
        super().__init__(*sites)
        self.keys = {node: key() for node in self.sites}

    def get_nodes(self):
        return [
            NodeInfo(node_id=node, public_key=pem(self.keys[node]).encode())
            for node in self.sites
        ]


class Reader(Site):
    """A site that remembers what it was asked."""

    def train(self, asked):
        self.config = dict(asked.content["config"])
        return super().train(asked)


class Signed(Federation):
    def put(self, grid, names, folder=None):
        """Puts the first sites of a grid on the roster, under these names."""
        for name, node in zip(names, grid.sites):
            self.change(roster.adding(name, line(grid.keys[node])), folder)

    def change(self, change, folder=None):
        return roster.change(folder or self.folder, change)


class SignedLedger(Signed):
    def test_every_line_is_signed_by_the_key_that_lies_beside_it(self):
        self.lead(Site(1), Site(1), count=2)
        measure(Sites(Site(1), Site(1)), self.folder, WAITS, Work(2))
        lines = ledger.verify(self.folder / "ledger.jsonl", CoordinatorKey(self.folder))
        self.assertEqual(len(lines), 3)
        for one in lines:
            entry = json.loads(one)
            signature = entry.pop("signature")
            self.assertTrue(CoordinatorKey(self.folder).signed(signature, written(entry)))

    def test_a_signature_that_is_missing_or_anothers_is_found(self):
        self.lead(Site(1), Site(1), count=1)
        place = self.folder / "ledger.jsonl"
        whole = place.read_bytes()
        entry = json.loads(whole)
        del entry["signature"]
        (self.folder / "other").mkdir()
        other = CoordinatorKey(self.folder / "other").signature(written(entry))
        for forged in [entry, {**entry, "signature": other}, {**entry, "signature": "x"}]:
            place.write_bytes(ledger.written(forged) + b"\n")
            # The digests alone do not tell.
            self.assertEqual(len(ledger.verify(place)), 1)
            with self.assertRaisesRegex(ledger.LedgerBroken, "line 1 is not signed"):
                self.lead(Site(1), Site(1), count=2)
        place.write_bytes(whole)
        self.lead(Site(1), Site(1), count=2)


class Keys(Signed):
    def test_the_key_is_made_once_and_for_its_owner_only(self):
        first = CoordinatorKey(self.folder)
        place = self.folder / "coordinator-key.pem"
        self.assertEqual(place.stat().st_mode & 0o777, 0o600)
        self.assertEqual(CoordinatorKey(self.folder).public, first.public)
        public = (self.folder / "coordinator.pem").read_text()
        self.assertEqual(public, first.public + "\n")
        self.assertEqual([f.name for f in self.folder.iterdir() if ".pem." in f.name], [])

    def test_a_key_that_others_may_read_or_that_is_none_signs_nothing(self):
        CoordinatorKey(self.folder)
        place = self.folder / "coordinator-key.pem"
        for mode in [0o640, 0o604, 0o660]:
            os.chmod(place, mode)
            with self.assertRaisesRegex(KeyUnusable, "chmod 600"):
                self.lead(Site(1), Site(1))
        os.chmod(place, 0o600)
        other = ec.generate_private_key(ec.SECP384R1()).private_bytes(
            forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
        )
        for text in [b"", b"key", other]:
            place.write_bytes(text)
            with self.assertRaises(KeyUnusable):
                self.lead(Site(1), Site(1))


class SignedRoster(Signed):
    def test_sites_read_the_roster_and_the_ledger_has_their_names(self):
        sites = [Reader(1), Reader(1)]
        grid = Known(*sites)
        self.put(grid, ["Nörth", "Lake"])
        self.lead(grid, count=1)
        text, signature = (sites[0].config[name] for name in ["roster", "roster-signature"])
        self.assertTrue(CoordinatorKey(self.folder).signed(signature, text))
        told = json.loads(text)
        self.assertEqual((told["number"], text), (2, written(told)))
        self.assertEqual(
            [(one["name"], one["key"]) for one in told["members"]],
            [("Nörth", pem(grid.keys[11])), ("Lake", pem(grid.keys[12]))],
        )
        measure(grid, self.folder, WAITS, Work(1))
        self.assertEqual(sites[0].judged.content["config"]["roster"], text)
        for entry in self.ledger():
            self.assertEqual((entry["roster"], entry["consortium"]), (2, "consortium"))
            self.assertEqual(entry["sites"]["11"]["name"], "Nörth")
            self.assertTrue(entry["sites"]["12"]["key"].startswith("SHA256:"))

    def test_who_is_not_on_it_is_not_asked(self):
        grid = Known(Site(1), Site(1), Site(100))
        self.put(grid, ["North", "Lake"])
        self.assertMoved(self.lead(grid), 1)
        self.assertEqual(grid.asked, [11, 12])
        measure(grid, self.folder, WAITS, Work(1))
        self.assertEqual(grid.asked, [11, 12, 11, 12])

    def test_without_one_nothing_is_said_of_partners(self):
        sites = [Reader(1), Reader(1)]
        self.lead(*sites)
        self.assertNotIn("roster", sites[0].config)
        self.assertNotIn("sites", self.ledger()[0])

    def test_a_change_counts_from_the_next_round(self):
        test = self

        class Leaving(Site):
            def train(self, asked):
                if asked.content["config"]["server-round"] == 1:
                    test.change(roster.removing("Lake"))
                    test.change(roster.adding("New", line(grid.keys[13])))
                return super().train(asked)

        grid = Known(Leaving(1), Site(1), Site(1))
        self.put(grid, ["North", "Lake"])
        self.lead(grid, count=2)
        self.assertEqual(grid.asked, [11, 12, 11, 13])
        self.assertEqual([entry["roster"] for entry in self.ledger()], [2, 4])

    def test_a_roster_that_cannot_be_believed_lets_nobody_in_and_ends_nothing(self):
        test = self

        def another(file):
            file["roster"]["members"][1]["key"] = pem(grid.keys[13])
            file["roster"]["number"] = 9

        def older(file):
            file["roster"]["number"] = 1
            file["signature"] = CoordinatorKey(test.folder).signature(written(file["roster"]))

        def unsigned(file):
            del file["signature"]

        def none(file):
            file.clear()

        for damage in [another, older, unsigned, none, None]:
            with self.subTest(damage):
                self.folder = self.folder / "next"
                self.begin(self.folder)

                class Damaging(Site):
                    def train(self, asked):
                        place = test.folder / "roster.json"
                        file = json.loads(place.read_text()) if place.exists() else {}
                        if damage is None:
                            place.unlink(missing_ok=True)
                        elif asked.content["config"]["server-round"] == 1:
                            damage(file)
                            place.write_text(json.dumps(file))
                        return super().train(asked)

                grid = Known(Damaging(1), Site(1), Site(100))
                self.put(grid, ["North", "Lake"])
                self.assertMoved(self.lead(grid, count=3), 3)
                self.assertEqual(grid.asked, [11, 12] * 3)
                self.assertEqual([entry["roster"] for entry in self.ledger()], [2] * 3)

    def test_a_run_begins_with_no_roster_that_cannot_be_believed(self):
        grid = Known(Site(1), Site(1))
        self.put(grid, ["North", "Lake"])
        place = self.folder / "roster.json"
        place.write_text(place.read_text().replace("Lake", "Land"))
        with self.assertRaisesRegex(RosterUnusable, "changed since"):
            self.lead(grid)
        self.assertEqual(grid.asked, [])


class Command(Signed):
    def run_(self, *words):
        out, errors = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(errors):
            status = roster.main([str(self.folder), *words])
        return status, out.getvalue() + errors.getvalue()

    def test_sites_are_put_on_and_taken_off_by_line_or_file(self):
        north, lake = key(), key(ec.SECP256R1)
        status, said = self.run_("add", "North", *(line(north) + " node@north").split())
        self.assertEqual(status, 0, said)
        file = self.folder / "lake.pem"
        file.write_text(pem(lake))
        self.assertEqual(self.run_("add", "Lake", str(file))[0], 0)
        status, said = self.run_("show")
        self.assertEqual(status, 0)
        self.assertRegex(said, r"roster 2\nNorth\tSHA256:\S{43}\nLake\tSHA256:")
        self.assertEqual(self.run_("remove", "North")[0], 0)
        self.assertEqual([site.name for site in Partners(self.folder).roster.sites], ["Lake"])

    def test_what_makes_no_sound_roster_is_refused_in_a_sentence(self):
        north = key()
        self.run_("add", "North", line(north))
        before = (self.folder / "roster.json").read_bytes()
        for words, reason in [
            (["add", "north", line(key())], "same name"),
            (["add", "Other", line(north)], "same key"),
            (["add", "Other", "ssh-ed25519 AAAA"], "no public key"),
            (["add", "No\x1b[2Jrth", line(key())], "printable"),
            (["add", " North", line(key())], "no space"),
            (["remove", "Nobody"], "nobody called"),
            (["show", "more"], "STATE add"),
        ]:
            status, said = self.run_(*words)
            self.assertNotEqual(status, 0)
            self.assertIn(reason, said)
        self.assertEqual((self.folder / "roster.json").read_bytes(), before)
