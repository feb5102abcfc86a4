#pragma once

#include <string>

/// This program to its peers (PS3.7 D.3.3.2) and in the files it writes (0002,0012).
extern const char *const implementationClass;
/// The same for people, at most 16 characters.
extern const char *const implementationVersion;

/// What the file meta information says of an object; its data set follows as it was received.
struct FileMeta {
  std::string sopClass, sopInstance, transferSyntax, calling, called;

  /// The preamble and group 0002, ready to be written (PS3.10 7.1).
  std::string encoded() const;
};

/// Whether the text is a UID: digits and dots, no empty part, at most 64 characters (PS3.5 9.1).
bool isUID(const std::string &text);
