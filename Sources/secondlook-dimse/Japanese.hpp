#pragma once

#include <string>

class DcmItem;

/// Japanese text, which Debian's DCMTK cannot convert: its C library lacks the character sets as
/// DICOM names them, but knows the same ones under the name ISO-2022-JP-2 (RFC 1554).
namespace japanese {

/// Opens the conversion; call before the jail closes.
void prepare();

/// Converts every text of the item and its sequences to UTF-8 and says so in it, if the item says
/// that its texts are in ISO IR 13, ISO 2022 IR 87 or 159 (PS3.5 H.3).
/// Returns false if that is not so; then the item is of no more use.
bool convert(DcmItem &item);

}  // namespace japanese
