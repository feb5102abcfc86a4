#pragma once

#include <cstdint>
#include <string>

#include "Spool.hpp"

/// Something that whoever watches over the receiver wants to know, without anything of a patient.
///
/// One JSON object a file in `events/`, whole as soon as its name ends in `.json`, sorted by time:
/// `{"time": "2026-11-27T08:15:00.123Z", "kind": "association", "calling": "MODALITY",
/// "called": "SECONDLOOK", "address": "10.0.0.7", "stored": 12, "failed": 0, "bytes": 4711,
/// "reason": "..."}`. Kinds:
///
/// - `refused`: nobody was listened to: unknown title, too many at once, no DICOM, TLS failed
/// - `no-context`: kinds of objects or their encodings were not accepted; the reason names them
/// - `failed`: the first object of an association that could not be stored, with the status
/// - `association`: one that stored or failed something ended as it should
/// - `aborted`: one ended before its end, by the peer, the network or this side's failure
/// - `stalled`: one was ended here because the peer was silent for too long
/// - `unprotected`: the receiver began without Landlock, as the kernel does not have it; `called`
///   and `address` are its own
///
/// `stored`, `failed` and `bytes` count a whole association and stand in its last event alone,
/// which is an `association`, `aborted` or `stalled`.
struct Event {
  const char *kind;
  std::string calling, called, address;
  uint64_t stored = 0, failed = 0, bytes = 0;
  std::string reason;
};

/// Tells what happened: a file for programs and a line on standard output for people.
///
/// A thousand files wait to be read, and a few more if callers come in the same moment; of those
/// that find no room the file `dropped` grows by one byte each, so that somebody who floods us
/// fills no disk and still is counted.
void tell(const Spool &spool, const Event &event);
