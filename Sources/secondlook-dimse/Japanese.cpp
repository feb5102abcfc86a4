#include "Japanese.hpp"

#include <iconv.h>

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcitem.h"
#include "dcmtk/dcmdata/dcsequen.h"

namespace {

iconv_t converter = iconv_t(-1);

/// Adds what stands between two escape sequences of double-byte text.
bool appendDouble(const std::string &escape, const std::string &text, std::string &result) {
  std::string whole = escape + text + "\x1b(B";
  std::string room(4 * whole.size(), '\0');
  char *from = whole.data(), *to = room.data();
  size_t left = whole.size(), free = room.size();
  iconv(converter, nullptr, nullptr, nullptr, nullptr);
  if (converter == iconv_t(-1) || iconv(converter, &from, &left, &to, &free) == size_t(-1)) {
    return false;
  }
  result.append(room, 0, room.size() - free);
  return true;
}

/// Adds what stands in single bytes: ASCII, and half-width katakana above it (JIS X 0201).
bool appendSingle(const std::string &text, std::string &result) {
  for (const unsigned char byte : text) {
    if (byte < 0x80) {
      result += char(byte);
    } else if (byte >= 0xa1 && byte <= 0xdf) {
      // U+FF61 to U+FF9F in the same order.
      const unsigned code = 0xff61 + (byte - 0xa1);
      result += {char(0xe0 | code >> 12), char(0x80 | (code >> 6 & 0x3f)),
                 char(0x80 | (code & 0x3f))};
    } else {
      return false;
    }
  }
  return true;
}

/// Converts one value, whose escape sequences say what follows them (PS3.3 C.12.1.1.2).
bool convert(const std::string &text, std::string &result) {
  std::string escape;
  for (size_t place = 0; place <= text.size();) {
    const size_t end = std::min(text.find('\x1b', place), text.size());
    const std::string part = text.substr(place, end - place);
    if (!(escape.empty() ? appendSingle(part, result) : appendDouble(escape, part, result))) {
      return false;
    }
    if (end == text.size()) return true;
    bool isKnown = false;
    for (const char *known : {"\x1b$B", "\x1b$@", "\x1b$(D", "\x1b(B", "\x1b(J", "\x1b)I"}) {
      const std::string sequence = known;
      if (text.compare(end, sequence.size(), sequence) != 0) continue;
      isKnown = true;
      // Katakana lie above the single bytes, whatever those are, and change nothing of them.
      if (sequence != "\x1b)I") escape = sequence[1] == '$' ? sequence : "";
      place = end + sequence.size();
    }
    if (!isKnown) return false;
  }
  return true;
}

bool isJapanese(DcmItem &item) {
  OFString sets;
  if (item.findAndGetOFStringArray(DCM_SpecificCharacterSet, sets).bad()) return false;
  bool isFound = false;
  for (size_t start = 0; start <= sets.size();) {
    const size_t end = std::min(sets.find('\\', start), sets.size());
    const OFString name = sets.substr(start, end - start);
    const bool isOne = name == "ISO_IR 13" || name == "ISO 2022 IR 13" ||
                       name == "ISO 2022 IR 87" || name == "ISO 2022 IR 159";
    if (!isOne && !name.empty() && name != "ISO 2022 IR 6") return false;
    isFound = isFound || isOne;
    start = end + 1;
  }
  return isFound;
}

bool convertTexts(DcmItem &item) {
  for (unsigned long index = 0; index < item.card(); ++index) {
    DcmElement *element = item.getElement(index);
    if (auto *sequence = dynamic_cast<DcmSequenceOfItems *>(element)) {
      for (unsigned long part = 0; part < sequence->card(); ++part) {
        if (!convertTexts(*sequence->getItem(part))) return false;
      }
      continue;
    }
    OFString text;
    std::string converted;
    if (!element->isAffectedBySpecificCharacterSet() || element->getOFStringArray(text).bad()) {
      continue;
    }
    if (!convert(text.c_str(), converted) || element->putString(converted.c_str()).bad()) {
      return false;
    }
  }
  return true;
}

}  // namespace

void japanese::prepare() { converter = iconv_open("UTF-8", "ISO-2022-JP-2"); }

bool japanese::convert(DcmItem &item) {
  return isJapanese(item) && convertTexts(item) &&
         item.putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 192").good();
}
