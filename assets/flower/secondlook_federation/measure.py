"""The last word of a run: its model goes to every site, and each says how well it fits."""

import json
import time
from logging import INFO, WARNING
from math import isfinite
from pathlib import Path

from flwr.app import ConfigRecord, Message, MessageType, MetricRecord, RecordDict
from flwr.common.logger import log
from flwr.serverapp import Grid

from . import checkpoint
from .guard import EXAMPLES, MOST_EXAMPLES
from .ledger import Ledger
from .roster import Partners, Site
from .rounds import Waits
from .work import Work


def measure(grid: Grid, folder: Path, waits: Waits, work: Work) -> None:
    """Sends the model after the last round to every site that is there, once for a run.

    A site takes it as a candidate, whatever it answers, so those that sit out get it too. What
    cannot be believed is left out, and ends nothing; a run that was stopped before the ledger has
    the answers, or that found nobody there, asks when it is started again.
    """
    state = checkpoint.load(folder)
    partners = Partners(folder)
    ledger = Ledger(folder / "ledger.jsonl", partners.key)
    lines = [json.loads(line) for line in ledger.lines]
    if any(line.get("kind") == "evaluate" and line["round"] == state.round for line in lines):
        return
    nodes = _there(grid, waits, partners)
    if not nodes:
        log(WARNING, "Nobody is there to get the last model; start the run again when they are.")
        return
    config = ConfigRecord({"server-round": state.round, "final": True})
    config.update(partners.tell(work.config(state.round)))
    content = RecordDict({"arrays": state.model, "config": config})
    messages = [Message(content, node, MessageType.EVALUATE) for node in nodes]
    measured, refused = {}, {}
    for reply in grid.send_and_receive(messages, timeout=waits.for_round):
        node = reply.metadata.src_node_id
        if node in measured or node in refused:
            measured.pop(node, None)
            refused[node] = "a second answer"
        elif reply.has_error():
            refused[node] = f"declined ({reply.error.code})"
        elif (fit := _fit(reply)) is None:
            refused[node] = "no believable fit"
        else:
            measured[node] = fit
    for node in set(nodes) - set(measured) - set(refused):
        refused[node] = "no answer in time"
    for node, (loss, examples) in sorted(measured.items()):
        log(INFO, "Node %d: loss %.4f on %d examples.", node, loss, examples)
    for node, reason in sorted(refused.items()):
        log(WARNING, "Node %d did not measure the model: %s.", node, reason)
    ledger.add(
        {
            "kind": "evaluate",
            "round": state.round,
            "model-in": state.model.object_id,
            "measured": [
                {"node": str(node), "loss": loss, "examples": examples}
                for node, (loss, examples) in sorted(measured.items())
            ],
            "refused": {str(node): reason for node, reason in sorted(refused.items())},
            **partners.facts(nodes),
        }
    )


def _there(grid: Grid, waits: Waits, partners: Partners) -> dict[int, Site | None]:
    """Whoever is there once a quorum is, or when that was waited for long enough."""
    end = time.monotonic() + waits.for_quorum
    while True:
        nodes = partners.present(grid)
        if len(nodes) >= waits.quorum or time.monotonic() >= end:
            return nodes
        time.sleep(waits.pause)


def _fit(reply: Message) -> tuple[float, int] | None:
    """Loss and number of examples, if the answer is exactly those."""
    metrics = reply.content.get("metrics")
    if set(reply.content) != {"metrics"} or not isinstance(metrics, MetricRecord):
        return None
    if set(metrics) != {EXAMPLES, "loss"}:
        return None
    loss, examples = metrics["loss"], metrics[EXAMPLES]
    if not isinstance(loss, float) or not isfinite(loss) or loss < 0:
        return None
    if not isinstance(examples, int) or not 1 <= examples <= MOST_EXAMPLES:
        return None
    return loss, examples
