#pragma once

#include <string>

#include "Settings.hpp"
#include "Spool.hpp"

class DcmTLSTransportLayer;

/// One connection and who made it.
struct Caller {
  int socket;
  std::string address;
  bool isOneTooMany;  ///< is told to come back later
};

/// Talks with one caller until it is done, in a process of its own that ends with it.
///
/// Verification and Storage as SCP (PS3.4 A and B): objects go into the spool bit for bit, and
/// success is answered when they are safe. Data sets are never interpreted.
/// Returns the exit status: 0, whatever the caller did; 4 if the jail could not be closed. Throws
/// std::bad_alloc where the memory that the jail allows does not suffice for what the caller sends.
int converse(const Settings &settings, const Spool &spool, DcmTLSTransportLayer *security,
             const Caller &caller);
