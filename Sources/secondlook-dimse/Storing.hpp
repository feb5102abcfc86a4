#pragma once

#include "Settings.hpp"

/// Stores the file `--object` at a peer (C-STORE, PS3.4 B), in the encoding it is in.
///
/// Prints one line: `{"outcome": "stored", "status": 0, "reason": ""}`. The outcome is
///
/// stored    the peer says that it has it; a status that is not 0 is a warning
/// unreached nothing was sent: no connection, no association
/// untrusted nothing was sent: the peer does not prove who it is, or we do not
/// notTaken  nothing was sent: the peer takes no such object, or not so encoded
/// busy      the peer could not store it now
/// known     the peer has another object of this UID, or this one
/// refused   the peer will never take this object
/// unknown   it was sent in part or whole, and no answer came
/// unusable  the file cannot be sent
///
/// The status is that of PS3.4 B.2.3; 0 where none came. Reasons are in our own words, as a peer's
/// may hold anything.
/// Returns 0 if it was stored, else 2.
int sendObject(const Settings &settings);
