#pragma once

#include "Settings.hpp"

/// Asks a peer for a study, or for one object of it (Study Root Query/Retrieve C-FIND, PS3.4 C.6.2).
///
/// Prints one line an answer: a data set in the DICOM JSON model (PS3.18 F.2), in UTF-8, with
/// 0020000D Study Instance UID, 00100020 Patient ID and 00100021 Issuer of Patient ID of a study,
/// or 0020000D, 0020000E and 00080018 of an object, as far as the peer says them.
/// Returns 0 if these are all the answers there are; 2 with the reason on standard error if the
/// peer could not be asked or failed; 6 likewise if it is there and answers no such question, 7 if TLS
/// could not be agreed upon; 5 if an answer could not be read.
int lookUp(const Settings &settings);
