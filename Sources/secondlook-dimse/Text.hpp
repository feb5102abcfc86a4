#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The text with everything but printable ASCII turned into `?`, and without spaces around it.
///
/// What a peer calls itself ends up on screens and in logs: nothing in it may steer a terminal.
std::string printable(const std::string &text);

/// The text as a JSON string, quotes included; it has to be printable.
std::string inJSON(const std::string &text);

/// Now, as ISO 8601 in UTC to the millisecond.
std::string timestamp();

/// A name that sorts by time and that no other process gives: nanoseconds, process, count.
std::string uniqueName();

/// The parts between commas, without spaces around them and without empty ones.
std::vector<std::string> parts(const std::string &list);

/// Says one line on standard output, in one piece, unless whoever reads there has fallen behind:
/// nobody's object waits for that.
void say(const std::string &line);

/// What the system says about the last call that failed.
std::string systemReason();
