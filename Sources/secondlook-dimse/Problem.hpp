#pragma once

#include <stdexcept>
#include <string>

/// Why something cannot be done, as one sentence for people without anything of a patient.
struct Problem : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Stops with the reason unless the condition holds.
inline void require(bool condition, const std::string &reason) {
  if (!condition) throw Problem(reason);
}
