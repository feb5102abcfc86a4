#pragma once

#include <string>

#include "Settings.hpp"

struct T_ASC_Parameters;

/// Why a caller is not listened to, or `isAccepted`.
struct Admission {
  bool isAccepted;
  std::string reason;
  unsigned result = 0, source = 0, code = 0;  ///< of the A-ASSOCIATE-RJ (PS3.8 9.3.4)
};

/// Whether who calls may call, and meant this receiver. Titles are compared letter by letter.
Admission admit(const Settings &settings, const std::string &calling, const std::string &called);

/// What was not agreed upon, each as a sentence or nothing.
struct Refusals {
  std::string kinds;      ///< kinds of objects for which nothing was accepted, and what was offered
  std::string encodings;  ///< encodings not accepted of kinds for which another one was
};

/// Accepts for every kind of object that DICOM stores, and for the echo, the first encoding the
/// peer names of those that can be decoded: nothing is ever asked to be recoded.
Refusals negotiate(T_ASC_Parameters *parameters);
