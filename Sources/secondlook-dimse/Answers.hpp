#pragma once

#include <list>
#include <set>

class DcmDataset;
class DcmItem;
class DcmSpecificCharacterSet;
class DcmTagKey;

/// Copies what was asked for: a peer may send what it likes.
void copyAsked(DcmItem &from, DcmItem &to, const std::set<DcmTagKey> &keys);

/// Prints an answer as one line of DICOM JSON (PS3.18 F.2) in UTF-8, at most 64 KiB long.
///
/// Returns false, with nothing printed, if it is longer or not in the character set it says.
bool printAsJSON(DcmDataset &answer);

/// Opens every conversion that answers may need: in the jail none of their files can be read.
///
/// Returned are the owners, without whom the C library would forget them again.
std::list<DcmSpecificCharacterSet> loadedCharacterSets();
