#pragma once

#include <cstdint>

/// Ends a conversation that does not move, whatever the protocol code is waiting for.
///
/// A peer has `seconds` for each step: its request for an association, each command, and each
/// 4 KiB or the rest of an object. A timeout of every single read, or of every fragment, would let
/// one byte a minute hold an association for ever. When the time is over the socket is shut down,
/// so that the code that reads from it ends as if the peer had left; code that does not even notice
/// that is ended five seconds later.
namespace watchdog {

/// Exit status of a process that did not notice that its time was over.
constexpr int giveUp = 7;

/// Watches this process's only conversation; the first step begins now.
void watch(int socket, unsigned seconds);
/// What was waited for is whole: the next step begins.
void step();
/// Bytes of an object arrived: enough of them are a step.
void advance(uint64_t bytes);
/// From here on until the next step no object is on its way: a request to stop ends the wait.
void waitForNext();
/// Nothing more is expected of the peer.
void stop();

/// Whether the time was over.
bool isOver();
/// Whether SIGTERM asked to stop after the object that is on its way.
bool isAskedToStop();

}  // namespace watchdog
