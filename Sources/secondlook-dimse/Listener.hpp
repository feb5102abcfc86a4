#pragma once

#include "Settings.hpp"

/// Listens and gives every caller a process of its own, so that none can hurt another.
///
/// This process itself reads nothing of what callers send. It ends with SIGTERM or SIGINT: then
/// nobody new is heard, objects that are on their way may arrive, and the exit status is 0.
/// Throws Problem where it cannot begin.
int listenForCallers(const Settings &settings);
