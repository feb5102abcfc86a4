#pragma once

/// From here on this process reads files and writes to what it has open, and nothing else: words of
/// other systems meet the libraries that shape them behind this.
///
/// Returns false where that cannot be done.
bool closeJail();
