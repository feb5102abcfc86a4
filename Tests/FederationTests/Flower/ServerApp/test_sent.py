"""Models in few bits, to sites that keep them, lose them, come late, or are of stock Flower."""

import hashlib
import unittest

import numpy as np
import test_rounds as base
from flwr.app import Array, ArrayRecord, ConfigRecord, Error, Message, MetricRecord, RecordDict
from secondlook_federation import checkpoint, rounds, small
from secondlook_federation.guard import Guard
from secondlook_federation.sent import LACKS_MODEL, towards
from secondlook_federation.server import strategy
from secondlook_federation.work import Work

BITS = 8


def values(record):
    return {name: array.numpy() for name, array in record.items()}


class Keeper(base.Site):
    """A site of ours: it keeps the last model and the one before, and learns what a model decides."""

    def __init__(self, step, bits=BITS):
        super().__init__(step)
        self.bits, self.kept, self.got, self.last = bits, {}, [], None

    def train(self, asked):
        name, arrays = dict(asked.content["model"]), values(asked.content["arrays"])
        self.got.append("small" if "base" in name else "whole")
        if "base" in name:
            old = self.kept.get(name["base"])
            if old is None:
                return Message(Error(code=LACKS_MODEL, reason="lacks"), reply_to=asked)
            change = small.change(old, *small.unpack(old, arrays["change"], self.bits))
            arrays = {key: old[key] + change[key] for key in old}
        assert small.digest(arrays) == name["digest"]
        self.kept = {d: m for d, m in self.kept.items() if d == name.get("base")}
        self.kept[name["digest"]], self.last = arrays, arrays
        # What is learned depends on every bit of the model.
        seed = int.from_bytes(hashlib.sha256(name["digest"].encode()).digest()[:4], "big")
        random = np.random.default_rng(seed + self.step)
        change = {k: random.normal(0, 1, v.shape).astype(np.float32) for k, v in arrays.items()}
        packed = small.pack(*small.steps(change, self.bits))
        content = RecordDict(
            {
                "arrays": ArrayRecord({"change": Array(packed)}),
                "metrics": MetricRecord({"num-examples": self.examples}),
                "model": ConfigRecord({"digest": name["digest"]}),
            }
        )
        return Message(content, reply_to=asked)


class Plain(base.Site):
    """A site that knows of no few bits."""

    def train(self, asked):
        self.last = values(asked.content["arrays"])
        return super().train(asked)


class FewBitsDown(base.Federation):
    def run_rounds(self, *sites, count=4, name="fedavg", folder=None, grid=None, bits=BITS):
        plan = strategy({**base.CONFIG, "strategy": name})
        model = rounds.lead(
            grid or base.Sites(*sites), plan, Work(count, update_bits=bits),
            folder or self.folder, Guard(update_bits=bits), base.WAITS,
        )  # fmt: skip
        return values(model)

    def sent(self):
        return checkpoint.load(self.folder).sent

    def assertSame(self, one, other):
        self.assertEqual(list(sorted(one)), list(sorted(other)))
        for key in one:
            np.testing.assert_array_equal(one[key], other[key])

    def test_who_holds_the_last_model_is_sent_a_change_and_has_what_all_have(self):
        for bits in small.BITS:
            folder = self.folder / str(bits)
            self.begin(folder)
            sites = Keeper(1, bits), Keeper(2, bits), Plain(1)
            self.run_rounds(*sites, folder=folder, bits=bits)
            for site in sites:
                self.assertSame(site.last, values(checkpoint.load(folder).sent))
            for site in sites[:2]:
                self.assertEqual(site.got, ["whole", "small", "small", "small"])

    def test_what_rounding_takes_of_the_model_comes_later(self):
        class Constant(Keeper):
            def train(self, asked):
                reply = super().train(asked)
                moved = {k: v + np.float32(0.25) for k, v in self.last.items()}
                # One value moves far, so that the others are a tenth of a step of it.
                moved["weight"][0, 0] += 300
                reply.content["arrays"] = base.arrays(moved)
                return reply

        model = self.run_rounds(Constant(1), Constant(2), count=40)
        learned = np.arange(1, 6) + np.float32(40 * 0.25)
        np.testing.assert_allclose(model["weight"].ravel()[1:], learned, atol=0.01)
        # What sites were sent is a round behind, and half a step of the far one beside it.
        sent = values(self.sent())["weight"].ravel()[1:]
        np.testing.assert_allclose(sent, learned - 0.25, atol=300 / 127 / 2 + 0.01)

    def test_who_comes_late_or_missed_a_round_gets_the_whole(self):
        class Sleepy(Keeper):
            def train(self, asked):
                awake = asked.content["config"]["server-round"] != 2
                return super().train(asked) if awake else None

        sites = [Keeper(1), Keeper(2), Sleepy(3)]
        grid = base.Sites(*sites)
        self.run_rounds(grid=grid, count=2)
        late = Keeper(4)
        grid.sites[14] = late
        self.run_rounds(grid=grid, count=4)
        self.assertEqual(sites[0].got, ["whole", "small", "small", "small"])
        self.assertEqual(sites[2].got, ["whole", "whole", "small"])
        self.assertEqual(late.got, ["whole", "small"])
        for site in [*sites, late]:
            self.assertSame(site.last, values(self.sent()))

    def test_who_lost_the_model_is_sent_the_whole_in_the_same_round(self):
        class Forgetful(Keeper):
            def train(self, asked):
                if asked.content["config"]["server-round"] == 2:
                    self.kept = {}
                return super().train(asked)

        sites = Keeper(1), Forgetful(2)
        self.run_rounds(*sites, count=3)
        self.assertEqual(sites[1].got, ["whole", "small", "whole", "small"])
        self.assertSame(sites[1].last, values(self.sent()))
        self.assertEqual([len(entry["updates"]) for entry in self.ledger()], [2, 2, 2])

    def test_who_always_lacks_it_is_asked_twice_and_sits_the_round_out(self):
        class Lacking(Keeper):
            def train(self, asked):
                if asked.content["config"]["server-round"] == 1:
                    return super().train(asked)
                self.got.append("base" in asked.content["model"])
                return Message(Error(code=LACKS_MODEL, reason="lacks"), reply_to=asked)

        sites = Keeper(1), Keeper(2), Lacking(3)
        self.run_rounds(*sites, count=3)
        self.assertEqual(sites[2].got, ["whole", True, False, False])
        self.assertEqual(
            [entry["refused"] for entry in self.ledger()],
            [{}, {"13": "declined (1009)"}, {"13": "declined (1009)"}],
        )

    def test_a_model_kept_that_was_not_sent_is_a_lie(self):
        class Pretender(Keeper):
            says = ConfigRecord({"digest": "0" * 64})

            def train(self, asked):
                reply = super().train(asked)
                reply.content["model"] = self.says
                return reply

        for number, says in enumerate(
            [Pretender.says, ConfigRecord({}), ConfigRecord({"digest": 7}), MetricRecord({})]
        ):
            folder = self.folder / str(number)
            self.begin(folder)
            liar = Pretender(3)
            liar.says = says
            self.run_rounds(Keeper(1), Keeper(2), liar, count=2, folder=folder)
            self.assertEqual(list(self.ledger(folder)[0]["refused"]), ["13"])
            self.assertEqual(liar.got, ["whole"])

    def test_nobody_is_told_to_keep_a_model_where_few_bits_are_not_asked_for(self):
        seen = []

        class Reader(base.Site):
            def train(self, asked):
                seen.append(set(asked.content))
                return super().train(asked)

        self.assertMoved(self.lead(Reader(1), Reader(1), count=2), 2)
        self.assertEqual(seen, [{"arrays", "config"}] * 4)
        self.assertIsNone(self.sent())

    def test_a_run_that_is_stopped_at_any_moment_sends_and_learns_the_same(self):
        class Power(Exception):
            pass

        def folder_of(name):
            folder = self.folder / name
            self.begin(folder)
            return folder

        real = checkpoint.save, rounds.Ledger.add, Guard.sort
        for name in ["fedavg", "fedadam"]:
            calm = Keeper(1), Keeper(2), Plain(3)
            whole = self.run_rounds(*calm, name=name, folder=folder_of(f"{name}-calm"))
            for place in range(12):
                folder, sites = folder_of(f"{name}-{place}"), (Keeper(1), Keeper(2), Plain(3))
                calls = [0]

                def cut(function):
                    def cutting(*arguments):
                        calls[0] += 1
                        if calls[0] == place + 1:
                            raise Power
                        return function(*arguments)

                    return cutting

                checkpoint.save, rounds.Ledger.add, Guard.sort = map(cut, real)
                try:
                    with self.assertRaises(Power):
                        self.run_rounds(*sites, name=name, folder=folder)
                    model = self.run_rounds(*sites, name=name, folder=folder)
                finally:
                    checkpoint.save, rounds.Ledger.add, Guard.sort = real
                self.assertSame(model, whole)
                for site, one in zip(sites, calm):
                    self.assertSame(site.last, one.last)
                # Only what was asked for a second time came a second time, and as it did before.
                for site in sites[:2]:
                    self.assertEqual(set(site.got[2:]), {"small"})

    def test_asking_for_other_bits_or_none_goes_on_with_the_same_model(self):
        sites = Keeper(1), Keeper(2)
        self.run_rounds(*sites, count=2)
        before = values(checkpoint.load(self.folder).model)
        for site in sites:
            site.bits = 16
        self.run_rounds(*sites, count=3, bits=16)
        self.assertEqual(sites[0].got, ["whole", "small", "small"])
        plain = Plain(1), Plain(1)
        after = values(checkpoint.load(self.folder).model)
        self.assertNotEqual(before["bias"][0], after["bias"][0])
        self.run_rounds(*plain, count=4, bits=0)
        self.assertSame(plain[0].last, after)
        self.assertIsNone(self.sent())

    def test_a_sent_model_that_somebody_changed_is_not_gone_on_with(self):
        self.run_rounds(Keeper(1), Keeper(2), count=1)
        np.savez(self.folder / "round-00001-sent.npz", **base.MODEL | {"bias": np.zeros(1)})
        with self.assertRaises(checkpoint.NoModel):
            self.run_rounds(Keeper(1), Keeper(2), count=2)


def lehmer(seed, count):
    """Numbers that are the same in every language: of 24 bits, around 0."""
    numbers = np.empty(count, np.float32)
    for place in range(count):
        seed = (1664525 * seed + 1013904223) % 2**32
        numbers[place] = np.float32(seed >> 8) / np.float32(2**24) - np.float32(0.5)
    return numbers


class TheSameBits(unittest.TestCase):
    """SentModelTests of the other side has the same digests."""

    MADE = {
        8: "510f3e761d2488997af244da32572d98100808f953de2cae7a85955d84545f7c",
        16: "dc77c481a091575caca102acf0dfb7b9cd5e86ff3e5fccc4c9bde593cdae7d59",
    }

    def test_both_sides_make_the_same_model_of_a_change(self):
        shapes = {"b.weight": (3, 400), "a.bias": (1,), "B.scale": (512,)}

        def model(seed):
            return {
                name: lehmer(seed + place, int(np.prod(shape))).reshape(shape)
                for place, (name, shape) in enumerate(shapes.items())
            }

        old = model(1)
        new = {k: old[k] + v * np.float32(1 / 1024) for k, v in model(101).items()}
        for bits, digest in self.MADE.items():
            sent = towards(base.arrays(new), base.arrays(old), bits)
            self.assertEqual(sent.base, small.digest(old))
            self.assertEqual(sent.digest, digest)
            change = small.change(old, *small.unpack(old, sent.change, bits))
            self.assertEqual(small.digest({k: old[k] + change[k] for k in old}), digest)

    def test_models_too_far_apart_for_a_change_are_sent_whole(self):
        old, new = ({"w": np.full(3, x, np.float32)} for x in (-3e38, 3e38))
        sent = towards(base.arrays(new), base.arrays(old), 8)
        self.assertIsNone(sent.change)
        self.assertEqual(sent.digest, small.digest(new))
        other = towards(base.arrays(new), base.arrays({"v": new["w"]}), 8)
        self.assertIsNone(other.change)


if __name__ == "__main__":
    unittest.main()
