#pragma once

#include <stdexcept>

/// Why an image is not decoded, as one line without anything from the file's text.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Refuses unless the condition holds.
inline void require(bool condition, const char *reason) {
  if (!condition) throw Refusal(reason);
}
