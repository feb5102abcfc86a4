#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "Security.hpp"

/// What the command line asks for; every text is printable and every number in its range.
struct Settings {
  // Every subcommand.
  unsigned stall = 60;  ///< seconds that a peer has for each step
  SecurityFiles files;
  bool isSecure = false;

  // receive
  std::string spool;
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  std::string title;                  ///< what callers have to call this receiver
  std::vector<std::string> accepted;  ///< titles of those who may call
  unsigned mostAssociations = 16;
  uint64_t largest = uint64_t(2) << 30;     ///< bytes of one object
  uint64_t keepFree = uint64_t(512) << 20;  ///< bytes of the disk that objects leave free
  std::string user;                         ///< who to become after the port is open
  bool isAttached = false;                  ///< whether the end of standard input is ours too

  // echo, find, send, look
  std::string host;
  std::string calling, called;
  bool isJSON = false;
  std::vector<std::string> matches, stepMatches;  ///< `GGGGEEEE=VALUE`
  unsigned most = 500;
  std::string object;  ///< the file to send
  std::string study, series, instance;  ///< UIDs to look for

  /// Reads the words after the subcommand.
  /// Throws Problem with what is wrong about them.
  static Settings receive(int count, char **arguments);
  static Settings ask(int count, char **arguments);
};
