#pragma once

#include "Settings.hpp"

/// Asks a peer whether it is there (C-ECHO, PS3.7 9.1.5).
///
/// With `--json` one line on standard output:
/// `{"reached": true, "milliseconds": 12, "reason": ""}`; without, one sentence.
/// Returns 0 if it is there, else 2 with the reason on standard error.
int echo(const Settings &settings);
