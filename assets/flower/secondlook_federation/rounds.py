"""Rounds that a slow, a silent or a lying site cannot hold up, and that go on where they stopped."""

import time
from dataclasses import dataclass
from datetime import datetime, timezone
from logging import INFO, WARNING
from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, Message
from flwr.common.logger import log
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg

from . import checkpoint
from .guard import Guard
from .ledger import Ledger
from .roster import Partners, Site
from .sent import LACKS_MODEL, Sent, towards
from .work import Work

ATTEMPTS = 3


class NoQuorum(Exception):
    """Too few sites; the model stays as it was after the last round, and is kept."""


@dataclass(frozen=True)
class Waits:
    """How long is waited, in seconds, and for how many."""

    quorum: int
    for_quorum: float
    for_round: float
    pause: float = 3.0


def lead(
    grid: Grid, strategy: FedAvg, work: Work, folder: Path, guard: Guard, waits: Waits
) -> ArrayRecord:
    """Leads what is left of the rounds, and answers the model after the last one."""
    state = checkpoint.load(folder)
    partners = Partners(folder)
    ledger = Ledger(folder / "ledger.jsonl", partners.key)
    if state.entry:
        ledger.settle(state.entry)
    guard.left_out = dict(state.left_out)
    for moment, arrays in state.moments.items():
        setattr(strategy, moment, arrays)
    if state.round > 0:
        log(INFO, "Going on after round %d.", state.round)
    while state.round < work.rounds:
        state = _one_round(grid, strategy, state, folder, guard, waits, ledger, work, partners)
    return state.model


def _one_round(grid, strategy, state, folder, guard, waits, ledger, work, partners):
    number = state.round + 1
    sent = towards(state.model, state.sent, work.update_bits)
    for _ in range(ATTEMPTS):
        began = datetime.now(timezone.utc).isoformat()
        sites = _gather(grid, guard, number, waits, partners)
        nodes = list(sites)
        config = partners.tell(work.config(number))
        asked = list(_messages(strategy, number, state.model, nodes, config))
        replies = _ask(grid, asked, sent, state.holders, waits)
        updates, refused = guard.sort(number, state.model, sent, replies)
        for node in set(nodes) - {update.node for update in updates} - set(refused):
            refused[node] = "no answer in time"
        entry = {
            "kind": "train",
            "round": number,
            "strategy": type(strategy).__name__,
            "began": began,
            "model-in": sent.model.object_id,
            "updates": [
                {
                    "node": str(update.node),
                    "message": update.message.metadata.message_id,
                    "examples": update.examples,
                    "norm": update.norm,
                }
                for update in updates
            ],
            "refused": {str(node): reason for node, reason in sorted(refused.items())},
            **partners.facts(sites),
        }
        for node, reason in sorted(refused.items()):
            log(WARNING, "Round %d, node %d is left out: %s.", number, node, reason)
        if len(updates) >= waits.quorum:
            model = _aggregate(strategy, number, state.model, updates)
            if model is not None:
                moments = {
                    name: dict(getattr(strategy, name))
                    for name in ("m_t", "v_t")
                    if getattr(strategy, name, None)
                }
                entry = ledger.signed({**entry, "model-out": model.object_id})
                new = checkpoint.Checkpoint(
                    number,
                    model,
                    moments,
                    dict(guard.left_out),
                    entry,
                    sent.model if sent.digest else None,
                    [update.node for update in updates if update.holds_model],
                )
                # First the model, then the word of it: a ledger never names what is not there.
                checkpoint.save(folder, new)
                ledger.add(entry)
                return new
        ledger.add({**entry, "model-out": None})
    raise NoQuorum(
        f"Round {number}: fewer than {waits.quorum} believable updates in {ATTEMPTS} attempts. The "
        f"model of round {state.round} is kept; start the run again when more sites are there."
    )


def _gather(
    grid: Grid, guard: Guard, number: int, waits: Waits, partners: Partners
) -> dict[int, Site | None]:
    """The sites that take part, as soon as there are enough of them; the roster may change."""
    end = time.monotonic() + waits.for_quorum
    while True:
        partners.follow()
        there = partners.present(grid)
        nodes = {node: there[node] for node in there if guard.may_take_part(node, number)}
        if len(nodes) >= waits.quorum:
            return nodes
        if time.monotonic() >= end:
            raise NoQuorum(
                f"Round {number}: {len(nodes)} of at least {waits.quorum} sites came within "
                f"{waits.for_quorum:g} s. The model of round {number - 1} is kept; start the run "
                "again when more are there."
            )
        time.sleep(waits.pause)


class _Chosen:
    """The sites that were chosen, for a strategy that would wait for others without an end."""

    def __init__(self, nodes: list[int]) -> None:
        self._nodes = nodes

    def get_node_ids(self) -> list[int]:
        return self._nodes


def _messages(
    strategy: FedAvg, number: int, model: ArrayRecord, nodes: list[int], config: ConfigRecord
):
    strategy.min_available_nodes = strategy.min_train_nodes = len(nodes)
    return strategy.configure_train(number, model, config, _Chosen(nodes))


def _ask(
    grid: Grid, asked: list[Message], sent: Sent, holders: list[int], waits: Waits
) -> list[Message]:
    """What sites answer; those that hold the last model are sent a change of it.

    Who does not have it after all says so, and is sent the whole in the time that is left.
    """

    def messages(nodes: set[int], holding: bool) -> list[Message]:
        return [
            Message(
                content=sent.content(message.content["config"], holding),
                message_type=message.metadata.message_type,
                dst_node_id=message.metadata.dst_node_id,
            )
            for message in asked
            if message.metadata.dst_node_id in nodes
        ]

    everybody = {message.metadata.dst_node_id for message in asked}
    changed = everybody & set(holders) if sent.change is not None else set()
    began = time.monotonic()
    replies = list(
        grid.send_and_receive(
            messages(changed, True) + messages(everybody - changed, False),
            timeout=waits.for_round,
        )
    )
    lacking = {
        reply.metadata.src_node_id
        for reply in replies
        if reply.has_error() and reply.error.code == LACKS_MODEL
    } & changed
    if not lacking:
        return replies
    left = max(waits.for_round - (time.monotonic() - began), waits.pause)
    again = grid.send_and_receive(messages(lacking, False), timeout=left)
    return [r for r in replies if r.metadata.src_node_id not in lacking] + list(again)


def _aggregate(strategy, number, model, updates) -> ArrayRecord | None:
    """The next model, of the types of the last one; none if it would be no model."""
    record, _ = strategy.aggregate_train(number, [update.message for update in updates])
    if record is None:
        return None
    values = {
        name: record[name].numpy().astype(array.numpy().dtype) for name, array in model.items()
    }
    if not all(np.isfinite(value).all() for value in values.values()):
        log(WARNING, "Round %d would have made a model with values that are no numbers.", number)
        return None
    return ArrayRecord({name: Array(value) for name, value in values.items()})
