"""Rounds of the coordinator's application with sites that are honest, slow, silent or lying."""

import json
import struct
import tempfile
import tomllib
import unittest
from pathlib import Path

import numpy as np
import secondlook_federation
from flwr.app import Array, ArrayRecord, Error, Message, MetricRecord, RecordDict
from flwr.supercore.task_identity import TaskIdentity
from secondlook_federation import ledger, rounds, small
from secondlook_federation.guard import Guard
from secondlook_federation.measure import measure
from secondlook_federation.model import NotAModel, weights
from secondlook_federation.rounds import NoQuorum, Waits, lead
from secondlook_federation.server import guard, strategy
from secondlook_federation.work import Work

# Who writes messages here: the coordinator, in a run.
TaskIdentity.task_id = TaskIdentity.run_id = 7
TaskIdentity.node_id = 1

MODEL = {
    "weight": np.arange(6, dtype=np.float32).reshape(2, 3),
    "bias": np.ones(1, np.float32),
}
CONFIG = {"liars": 1, "quorum": 2, "proximal-mu": 0.5, "server-rate": 0.1}
BOUNDS = {"quarantine": 3, "update-bits": 0, "clip": 0.0, "noise": 0.0}
WAITS = Waits(quorum=2, for_quorum=0.05, for_round=1, pause=0.01)


def arrays(values):
    return ArrayRecord({name: Array(value) for name, value in values.items()})


def moved(record, step):
    return {name: (a.numpy() + step).astype(a.dtype) for name, a in record.items()}


class Site:
    """An honest site: its training moves every value by a step."""

    def __init__(self, step, examples=10):
        self.step, self.examples = step, examples

    def train(self, asked):
        values = moved(asked.content["arrays"], self.step)
        return self.answer(asked, values, {"num-examples": self.examples})

    def evaluate(self, asked):
        self.judged = asked
        metrics = MetricRecord({"num-examples": self.examples, "loss": 0.5})
        return Message(RecordDict({"metrics": metrics}), reply_to=asked)

    @staticmethod
    def answer(asked, values, metrics):
        content = RecordDict({"arrays": arrays(values), "metrics": MetricRecord(metrics)})
        return Message(content, reply_to=asked)


class Liar(Site):
    """A site that changes what an honest one would say."""

    def __init__(self, lie):
        super().__init__(1)
        self.lie = lie

    def train(self, asked):
        values = moved(asked.content["arrays"], self.step)
        metrics = {"num-examples": self.examples}
        return self.answer(asked, *(self.lie(values, metrics) or (values, metrics)))


class Silent(Site):
    def __init__(self):
        super().__init__(0)

    def train(self, asked):
        return None


class Declining(Site):
    def __init__(self):
        super().__init__(0)

    def train(self, asked):
        return Message(Error(code=1000, reason="not today"), reply_to=asked)


class Sites:
    """As Flower's grid: it knows its sites by number, and asks each."""

    def __init__(self, *sites):
        self.sites = dict(enumerate(sites, 11))
        self.asked = []

    def get_node_ids(self):
        return list(self.sites)

    def send_and_receive(self, messages, timeout):
        # Flower draws them in any order, and they answer in any: neither changes a bit.
        messages = list(messages)
        nodes = [message.metadata.dst_node_id for message in messages]
        self.asked += sorted(nodes)
        replies = [
            getattr(self.sites[node], asked.metadata.message_type)(asked)
            for node, asked in zip(nodes, messages)
        ]
        return [reply for reply in replies if reply is not None]


class Federation(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.begin(self.folder)

    @staticmethod
    def begin(folder):
        folder.mkdir(exist_ok=True)
        np.savez(folder / "initial.npz", **MODEL)

    def lead(self, *sites, count=1, name="fedavg", waits=WAITS, guard=None, folder=None, **config):
        grid = sites[0] if isinstance(sites[0], Sites) else Sites(*sites)
        plan = strategy({**CONFIG, "strategy": name, **config})
        model = lead(
            grid, plan, Work(count), folder or self.folder, guard or Guard(), waits
        )
        return {key: array.numpy() for key, array in model.items()}

    def ledger(self, folder=None):
        lines = ledger.verify((folder or self.folder) / "ledger.jsonl")
        return [json.loads(line) for line in lines]

    def assertMoved(self, model, step):
        for name, value in MODEL.items():
            np.testing.assert_allclose(model[name], value + np.float32(step), rtol=1e-6)
            self.assertEqual(model[name].dtype, value.dtype)


class HonestSites(Federation):
    def test_the_mean_weighs_examples(self):
        self.assertMoved(self.lead(Site(1, 30), Site(3, 10), count=3), 4.5)

    def test_every_strategy_of_honest_sites_learns(self):
        for name in ["fedavg", "fedprox", "fedmedian", "multikrum"]:
            folder = self.folder / name
            self.begin(folder)
            sites = [Site(1) for _ in range(5)]
            model = self.lead(
                *sites, name=name, folder=folder, quorum=5,
                waits=Waits(5, 0.05, 1, 0.01),
            )
            self.assertMoved(model, 1)

    def test_adam_takes_the_step_that_its_paper_gives(self):
        # Reddi et al. 2021 with bias correction: m = 0.1, v = 0.01 after a change of 1.
        model = self.lead(Site(1), Site(1), name="fedadam")
        rate = 0.1 * np.sqrt(1 - 0.99**2) / (1 - 0.9**2)
        self.assertMoved(model, rate * 0.1 / (np.sqrt(0.01) + 1e-3))

    def test_a_site_reads_how_strongly_it_is_held_to_the_model(self):
        seen = []

        class Reader(Site):
            def train(self, asked):
                seen.append(dict(asked.content["config"]))
                return super().train(asked)

        self.lead(Reader(1), Reader(1), name="fedprox")
        self.assertEqual(seen[0]["proximal-mu"], 0.5)
        self.assertEqual(seen[0]["server-round"], 1)


class BadSites(Federation):
    def other(values, metrics):
        values["more"] = values["bias"]

    def missing(values, metrics):
        del values["bias"]

    def nan(values, metrics):
        values["weight"][0, 0] = np.nan

    def infinite(values, metrics):
        values["bias"][0] = -np.inf

    def transposed(values, metrics):
        values["weight"] = values["weight"].T.copy()

    def broadcast(values, metrics):
        values["weight"] = np.ones((1, 3), np.float32)

    def double(values, metrics):
        values["bias"] = values["bias"].astype(np.float64)

    def huge(values, metrics):
        values["bias"] += 1e6

    def none(values, metrics):
        metrics["num-examples"] = 0

    def negative(values, metrics):
        metrics["num-examples"] = -5

    def endless(values, metrics):
        metrics["num-examples"] = float("inf")

    def absurd(values, metrics):
        metrics["num-examples"] = 10**15

    def unsaid(values, metrics):
        del metrics["num-examples"]
        metrics["loss"] = 0.5

    LIES = [
        other, missing, nan, infinite, transposed, broadcast, double, huge, none, negative,
        endless, absurd, unsaid,
    ]  # fmt: skip

    def test_a_lying_site_changes_nothing_and_ends_nothing(self):
        for lie in self.LIES:
            with self.subTest(lie.__name__):
                folder = self.folder / lie.__name__
                self.begin(folder)
                grid = Sites(Site(1), Liar(lie), Site(2))
                model = self.lead(grid, count=2, folder=folder, guard=Guard(longest_change=100))
                self.assertMoved(model, 3)
                first, second = self.ledger(folder)
                self.assertEqual(list(first["refused"]), ["12"])
                self.assertEqual(second["refused"], {})
                # It was asked once, and is left out of the next round.
                self.assertEqual(grid.asked, [11, 12, 13, 11, 13])

    def test_bytes_that_are_no_array_are_no_array(self):
        class Forger(Site):
            def train(self, asked):
                values = {n: Array(v) for n, v in moved(asked.content["arrays"], 1).items()}
                good = values["bias"]
                values["bias"] = Array(good.dtype, good.shape, good.stype, self.forged)
                content = RecordDict(
                    {
                        "arrays": ArrayRecord(values),
                        "metrics": MetricRecord({"num-examples": 10}),
                    }
                )
                return Message(content, reply_to=asked)

        real = Array(np.zeros((2, 2), np.float32)).data
        for number, forged in enumerate([b"", b"\x80\x04N.", real, real[:-1]]):
            folder = self.folder / str(number)
            self.begin(folder)
            forger = Forger(1)
            forger.forged = forged
            self.assertMoved(self.lead(Site(1), forger, Site(1), folder=folder), 1)
            self.assertEqual(list(self.ledger(folder)[0]["refused"]), ["12"])

    def test_a_metric_more_from_one_site_ends_no_run(self):
        def more(values, metrics):
            metrics["mood"] = 1.0

        self.assertMoved(self.lead(Site(1), Liar(more), count=2), 2)

    def test_arrays_in_another_order_are_the_same_arrays(self):
        def turned(values, metrics):
            return dict(reversed(values.items())), metrics

        waits = Waits(5, 0.05, 1, 0.01)
        sites = [Site(1)] * 4 + [Liar(turned)]
        model = self.lead(*sites, name="multikrum", quorum=5, waits=waits)
        self.assertMoved(model, 1)
        self.assertEqual(len(self.ledger()[0]["updates"]), 5)

    def test_a_silent_site_and_one_that_declines_are_asked_again_next_round(self):
        grid = Sites(Site(1), Silent(), Site(1), Declining())
        self.assertMoved(self.lead(grid, count=2), 2)
        self.assertEqual(
            [entry["refused"] for entry in self.ledger()],
            [{"12": "no answer in time", "14": "declined (1000)"}] * 2,
        )

    def test_what_a_believable_liar_does_to_each_strategy(self):
        """Four sites move by 1 and one by 50: finite, well shaped, and wrong."""
        waits = Waits(5, 0.05, 1, 0.01)
        steps = {}
        for name in ["fedavg", "fedmedian", "multikrum"]:
            folder = self.folder / name
            self.begin(folder)
            model = self.lead(
                Site(1), Site(1), Site(50), Site(1), Site(1),
                name=name, quorum=5, waits=waits, folder=folder,
            )  # fmt: skip
            steps[name] = float(model["bias"][0] - MODEL["bias"][0])
        self.assertAlmostEqual(steps["fedavg"], 10.8, places=5)
        self.assertAlmostEqual(steps["fedmedian"], 1, places=5)
        self.assertAlmostEqual(steps["multikrum"], 1, places=5)


class Small(Site):
    """A site that answers in steps of as many bits as it is told, if it was asked for any."""

    def __init__(self, step, bits=8, lie=None):
        super().__init__(step)
        self.bits, self.lie = bits, lie

    def train(self, asked):
        self.config = dict(asked.content["config"])
        model = {name: array.numpy() for name, array in asked.content["arrays"].items()}
        largest = 2 ** (self.bits - 1) - 1
        values = sum(array.size for array in model.values())
        steps = np.full(values, largest, f"<i{self.bits // 8}")
        scales = np.full(len(model), self.step / largest, np.float32)
        packed = small.pack(steps, scales)
        if self.lie:
            packed = self.lie(steps, scales, packed)
        return self.answer(asked, {"change": packed}, {"num-examples": self.examples})


class FewBits(Federation):
    def test_a_change_in_steps_moves_the_model_as_one_in_floats(self):
        for bits in small.BITS:
            folder = self.folder / str(bits)
            self.begin(folder)
            guard = Guard(longest_change=100, update_bits=bits)
            model = self.lead(Small(1, bits), Site(3), count=2, folder=folder, guard=guard)
            self.assertMoved(model, 4)
            norms = [update["norm"] for update in self.ledger(folder)[0]["updates"]]
            np.testing.assert_allclose(norms, [7**0.5, 3 * 7**0.5], rtol=1e-6)

    def test_each_block_has_its_own_length_and_ends_with_its_array(self):
        model = {
            "b": np.zeros((2, 300), np.float32), "a": np.zeros(1, np.float32),
            "c": np.zeros(512, np.float32),
        }  # fmt: skip
        steps = np.ones(1113, np.int16)
        self.assertEqual(small.steps(model, 16)[1].shape, (4,))
        change = small.change(model, steps, np.array([1, 2, 3, 4], np.float32))
        self.assertEqual(change["a"].tolist(), [1])
        self.assertEqual(np.unique(change["b"].ravel()[:512]).tolist(), [2])
        self.assertEqual(np.unique(change["b"].ravel()[512:]).tolist(), [3])
        self.assertEqual((change["b"].shape, change["c"].sum()), ((2, 300), 4 * 512))

    def test_a_site_is_asked_for_few_bits_only_where_that_is_set(self):
        sites = Small(1), Small(1)
        plan = strategy({**CONFIG, "strategy": "fedavg"})
        work = Work(1, update_bits=8)
        lead(Sites(*sites), plan, work, self.folder, Guard(update_bits=8), WAITS)
        self.assertEqual(sites[0].config["update-bits"], 8)
        self.assertNotIn("update-bits", Work(1).config(1))
        with self.assertRaisesRegex(ValueError, "update-bits"):
            Work(1, update_bits=4)

    def test_steps_that_nobody_asked_for_are_other_arrays(self):
        self.assertMoved(self.lead(Site(1), Small(2), Site(1)), 1)
        self.assertEqual(self.ledger()[0]["refused"], {"12": "other arrays than the model has"})

    def nan(steps, scales, packed):
        return small.pack(steps, np.array([np.nan, scales[1]], np.float32))

    def endless(steps, scales, packed):
        return small.pack(steps, np.array([scales[0], np.inf], np.float32))

    def overflowing(steps, scales, packed):
        return small.pack(steps, np.full_like(scales, 1e38))

    def backwards(steps, scales, packed):
        return small.pack(steps, -scales)

    def far(steps, scales, packed):
        return small.pack(steps, scales * 1000)

    def short(steps, scales, packed):
        return small.pack(steps[:-1], scales)

    def wide(steps, scales, packed):
        return small.pack(steps.astype(np.int16), scales)

    def more(steps, scales, packed):
        return small.pack(steps, np.append(scales, np.float32(1)))

    def cut(steps, scales, packed):
        return packed[:-1]

    def nothing(steps, scales, packed):
        return packed[:0]

    def followed(steps, scales, packed):
        return np.append(packed, np.uint8(0))

    def exploding(steps, scales, packed):
        return small.pack(np.zeros(1 << 20, np.int8), scales)

    def padded(steps, scales, packed):
        return np.append(packed, np.zeros(5000, np.uint8))

    def loose(steps, scales, packed):
        return np.frombuffer(b"no deflate", np.uint8)

    def signed(steps, scales, packed):
        return packed.view(np.int8)

    def flat(steps, scales, packed):
        return packed.reshape(1, -1)

    LIES = [
        nan, endless, overflowing, backwards, far, short, wide, more, cut, nothing, followed,
        exploding, padded, loose, signed, flat,
    ]  # fmt: skip

    def test_a_lie_about_steps_changes_nothing(self):
        for lie in self.LIES:
            with self.subTest(lie.__name__):
                folder = self.folder / lie.__name__
                self.begin(folder)
                guard = Guard(longest_change=100, update_bits=8)
                sites = Small(1), Small(1, lie=lie), Site(1)
                self.assertMoved(self.lead(*sites, folder=folder, guard=guard), 1)
                self.assertEqual(list(self.ledger(folder)[0]["refused"]), ["12"])


class Quorum(Federation):
    def test_too_few_sites_are_waited_for_no_longer_than_was_said(self):
        with self.assertRaisesRegex(NoQuorum, "1 of at least 2 sites"):
            self.lead(Site(1))
        self.assertFalse((self.folder / "checkpoint.json").exists())

    def test_too_few_believable_updates_leave_the_model_as_it_was(self):
        with self.assertRaisesRegex(NoQuorum, "believable"):
            self.lead(Site(1), Silent())
        entries = self.ledger()
        self.assertEqual(len(entries), rounds.ATTEMPTS)
        self.assertTrue(all(entry["model-out"] is None for entry in entries))
        self.assertMoved(self.lead(Site(1), Site(1)), 1)

    def test_krum_is_not_promised_where_it_cannot_hold(self):
        with self.assertRaisesRegex(ValueError, "quorum of 5"):
            self.lead(Site(1), Site(1), name="multikrum", quorum=4)


class Asked(Federation):
    def test_sites_read_what_they_are_to_do(self):
        class Reader(Site):
            def train(self, asked):
                self.config = dict(asked.content["config"])
                return super().train(asked)

        site, work = Reader(1), Work(3, steps=7, clip=1.5, noise=0.5, seed=4)
        plan = strategy({**CONFIG, "strategy": "fedavg"})
        lead(Sites(site, Site(1)), plan, work, self.folder, Guard(), WAITS)
        self.assertEqual(
            site.config,
            {
                "server-round": 3, "rounds": 3, "steps": 7, "batch": 16, "learning-rate": 2e-3,
                "seed": 7, "clip": 1.5, "noise": 0.5,
            },
        )

    def test_nothing_is_asked_that_no_site_would_do(self):
        for wrong in [
            {"rounds": 0}, {"steps": 0}, {"batch": 2000}, {"learning_rate": 2.0},
            {"learning_rate": float("nan")}, {"clip": -1.0}, {"clip": float("inf")},
            {"noise": 1.0}, {"clip": 1.0, "noise": 0.01}, {"seed": -1}, {"seed": 2**63},
        ]:
            with self.subTest(wrong), self.assertRaises(ValueError):
                Work(**{"rounds": 2, **wrong})

    def test_a_mean_without_a_bound_is_refused(self):
        config = {**BOUNDS, "longest-change": 0.0}
        for name in ["fedavg", "fedprox", "fedadam"]:
            with self.assertRaisesRegex(ValueError, "longest-change"):
                guard({**config, "strategy": name})
        self.assertEqual(guard({**config, "strategy": "fedmedian"}).longest_change, 0)
        for none in [-1.0, float("nan"), float("inf")]:
            for name in ["fedavg", "fedmedian"]:
                with self.assertRaisesRegex(ValueError, "a length"):
                    guard({**config, "strategy": name, "longest-change": none})

    def test_a_change_that_no_honest_site_makes_is_not_believed_unless_somebody_says_so(self):
        project = Path(secondlook_federation.__file__).parents[1] / "pyproject.toml"
        config = tomllib.loads(project.read_text())["tool"]["flwr"]["app"]["config"]
        usual = guard(config)
        self.assertEqual(usual.longest_change, 50)
        # Seven values: what honest sites were seen to do at most, and more than twice as much.
        for length, believed in [(20.0, True), (49.0, True), (51.0, False), (1e6, False)]:
            with self.subTest(length):
                folder = self.folder / str(length)
                self.begin(folder)
                sites = Site(1), Site(1), Site(length / 7**0.5)
                self.lead(*sites, folder=folder, guard=guard(config))
                self.assertEqual(self.ledger(folder)[0]["refused"] == {}, believed)

    def test_noise_that_sites_promise_each_other_is_not_taken_for_a_lie(self):
        loud = guard({**BOUNDS, "strategy": "fedavg", "longest-change": 2.0, "clip": 2.0, "noise": 3.0})
        self.assertAlmostEqual(loud.noise, 6)
        for length, believed in [(6 * 7**0.5, True), (2 + 6 * (7**0.5 + 11), False)]:
            folder = self.folder / str(length)
            self.begin(folder)
            sites = Site(1), Site(1), Site(length / 7**0.5)
            self.lead(*sites, folder=folder, guard=loud)
            loud.left_out = {}
            self.assertEqual(self.ledger(folder)[0]["refused"] == {}, believed)

    def test_settings_that_keep_no_promise_are_refused(self):
        for wrong in [
            {"quorum": 0}, {"liars": -1}, {"proximal-mu": float("nan")}, {"server-rate": 0.0},
        ]:
            with self.subTest(wrong), self.assertRaises(ValueError):
                strategy({**CONFIG, "strategy": "fedavg", **wrong})

    def test_a_site_that_answers_three_times_is_believed_not_once(self):
        class Chatty(Sites):
            def send_and_receive(self, messages, timeout):
                replies = super().send_and_receive(list(messages), timeout)
                liar = [r for r in replies if r.metadata.src_node_id == 11]
                return replies + liar + liar

        self.assertMoved(self.lead(Chatty(Site(9), Site(1), Site(1)), count=1), 1)
        self.assertEqual(
            self.ledger()[0]["refused"], {"11": "a second answer in one round"}
        )


class Begun(unittest.TestCase):
    CONTAINER = (
        b"SLPARAM1" + struct.pack("<I", 2)
        + struct.pack("<H", 1) + b"w" + struct.pack("<B2I", 2, 1, 2) + struct.pack("<2f", 1, 2)
        + struct.pack("<H", 1) + b"b" + struct.pack("<BI", 1, 1) + struct.pack("<f", 3)
    )

    def test_a_model_of_ours_is_a_model_to_begin_with(self):
        arrays = weights(self.CONTAINER)
        self.assertEqual(list(arrays), ["w", "b"])
        np.testing.assert_array_equal(arrays["w"], np.array([[1, 2]], np.float32))

    def test_what_is_no_model_is_none(self):
        whole = self.CONTAINER
        for data in [*(whole[:n] for n in range(len(whole))), whole + b"0", whole[:-4] + b"\0\0\xc0\x7f"]:
            with self.assertRaises(NotAModel):
                weights(data)


class Measured(Federation):
    def measure(self, *sites, work=Work(2)):
        grid = sites[0] if isinstance(sites[0], Sites) else Sites(*sites)
        measure(grid, self.folder, WAITS, work)

    def test_the_last_model_goes_to_every_site_once(self):
        sites = [Site(1), Site(1)]
        self.lead(*sites, count=2)
        self.measure(*sites)
        config = sites[0].judged.content["config"]
        self.assertTrue(config["final"])
        self.assertEqual(config["server-round"], 2)
        values = {name: a.numpy() for name, a in sites[0].judged.content["arrays"].items()}
        self.assertMoved(values, 2)
        line = self.ledger()[-1]
        self.assertEqual((line["kind"], line["round"]), ("evaluate", 2))
        self.assertEqual(len(line["measured"]), 2)
        grid = Sites(*sites)
        self.measure(grid)
        self.assertEqual(grid.asked, [])

    def test_a_last_model_that_nobody_got_is_sent_later_also_to_who_sat_out(self):
        sites = [Site(1), Liar(BadSites.nan), Site(1)]
        self.lead(*sites, count=1)
        self.measure(Sites())
        self.assertEqual([line["kind"] for line in self.ledger()], ["train"])
        grid = Sites(*sites)
        self.measure(grid)
        self.assertEqual(grid.asked, [11, 12, 13])

    def test_who_measures_nonsense_is_left_out_and_ends_nothing(self):
        def site(**metrics):
            site = Site(1)
            content = RecordDict({"metrics": MetricRecord(metrics)})
            site.evaluate = lambda asked: Message(content, reply_to=asked)
            return site

        silent, declining = Site(1), Site(1)
        silent.evaluate = lambda asked: None
        declining.evaluate = Declining().train
        sites = [
            site(loss=float("nan"), **{"num-examples": 5}), site(loss=0.1),
            site(loss=0.1, auroc=1.0, **{"num-examples": 5}),
            site(loss=0.1, **{"num-examples": 0}), silent, declining, Site(1),
        ]
        self.lead(Site(1), Site(1), count=1)
        self.measure(*sites)
        line = self.ledger()[-1]
        self.assertEqual([one["node"] for one in line["measured"]], ["17"])
        self.assertEqual(len(line["refused"]), 6)


class Stopped(Federation):
    def test_a_run_that_is_stopped_at_any_moment_ends_as_if_it_had_not_been(self):
        class Power(Exception):
            pass

        def undisturbed(name):
            folder = self.folder / f"{name}-whole"
            self.begin(folder)
            return self.lead(Site(1), Site(2), count=4, name=name, folder=folder)

        real = {
            "save": rounds.checkpoint.save,
            "add": rounds.Ledger.add,
            "believe": Guard.sort,
        }
        for name in ["fedavg", "fedadam"]:
            whole = undisturbed(name)
            for place in range(9):
                folder = self.folder / f"{name}-{place}"
                self.begin(folder)
                calls = [0]

                def cut(function):
                    def cutting(*arguments):
                        # Once before a call and never again.
                        calls[0] += 1
                        if calls[0] == place + 1:
                            raise Power
                        return function(*arguments)

                    return cutting

                rounds.checkpoint.save = cut(real["save"])
                rounds.Ledger.add = cut(real["add"])
                Guard.sort = cut(real["believe"])
                try:
                    with self.assertRaises(Power):
                        self.lead(Site(1), Site(2), count=4, name=name, folder=folder)
                    model = self.lead(Site(1), Site(2), count=4, name=name, folder=folder)
                finally:
                    rounds.checkpoint.save = real["save"]
                    rounds.Ledger.add = real["add"]
                    Guard.sort = real["believe"]
                for key in whole:
                    np.testing.assert_array_equal(model[key], whole[key])
                self.assertEqual(
                    [entry["round"] for entry in self.ledger(folder)], [1, 2, 3, 4]
                )

    def test_who_is_left_out_stays_so(self):
        grid = Sites(Site(1), Liar(BadSites.nan), Site(1))
        self.lead(grid, count=1)
        self.lead(grid, count=2)
        self.assertEqual(grid.asked, [11, 12, 13, 11, 13])

    def test_a_line_that_was_being_written_is_written_again(self):
        self.lead(Site(1), Site(1), count=2)
        place = self.folder / "ledger.jsonl"
        text = place.read_bytes()
        place.write_bytes(text[:-20])
        with self.assertRaises(ledger.LedgerBroken):
            ledger.verify(place)
        self.lead(Site(1), Site(1), count=2)
        self.assertEqual(place.read_bytes(), text)

    def test_a_ledger_that_somebody_changed_says_so(self):
        self.lead(Site(1), Site(1), count=3)
        place = self.folder / "ledger.jsonl"
        text = place.read_bytes()
        lines = text.splitlines(keepends=True)
        for changed in [
            text.replace(b'"examples":10', b'"examples":11', 1),
            lines[0],
            lines[0] + lines[2],
            lines[1] + lines[2],
            lines[1] + lines[0] + lines[2],
            b"[]\n" + text,
        ]:
            place.write_bytes(changed)
            with self.assertRaises(ledger.LedgerBroken):
                self.lead(Site(1), Site(1), count=4)

    def test_a_model_that_somebody_changed_is_not_gone_on_with(self):
        self.lead(Site(1), Site(1))
        np.savez(self.folder / "round-00001.npz", **MODEL)
        with self.assertRaises(rounds.checkpoint.NoModel):
            self.lead(Site(1), Site(1), count=2)


if __name__ == "__main__":
    unittest.main()
