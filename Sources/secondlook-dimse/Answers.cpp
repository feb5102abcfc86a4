#include "Answers.hpp"

#include <cstdio>
#include <sstream>

#include "Japanese.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdatset.h"
#include "dcmtk/dcmdata/dcelem.h"
#include "dcmtk/dcmdata/dcjson.h"
#include "dcmtk/dcmdata/dcspchrs.h"

namespace {

/// Most bytes of one printed answer.
constexpr size_t largestLine = 65536;

}  // namespace

void copyAsked(DcmItem &from, DcmItem &to, const std::set<DcmTagKey> &keys) {
  for (const DcmTagKey &key : keys) {
    // Nothing that was asked for is a sequence in disguise.
    DcmElement *element = nullptr;
    if (from.findAndGetElement(key, element).bad() || !element->isLeaf()) continue;
    from.findAndInsertCopyOfElement(key, &to);
  }
}

bool printAsJSON(DcmDataset &answer) {
  std::ostringstream text;
  DcmJsonFormatCompact format(OFFalse);
  const bool isUTF8 = answer.convertToUTF8().good() || japanese::convert(answer);
  if (!isUTF8 || answer.writeJsonExt(text, format, OFTrue, OFFalse).bad() ||
      text.str().size() > largestLine) {
    return false;
  }
  puts(text.str().c_str());
  return true;
}

std::list<DcmSpecificCharacterSet> loadedCharacterSets() {
  japanese::prepare();
  std::list<DcmSpecificCharacterSet> loaded;
  for (const char *sets :
       {"ISO_IR 100", "ISO_IR 101", "ISO_IR 109", "ISO_IR 110", "ISO_IR 144", "ISO_IR 127",
        "ISO_IR 126", "ISO_IR 138", "ISO_IR 148", "ISO_IR 166", "ISO_IR 192", "GB18030", "GBK",
        "\\ISO 2022 IR 149", "\\ISO 2022 IR 58"}) {
    loaded.emplace_back();
    loaded.back().selectCharacterSet(sets, "ISO_IR 192");
  }
  return loaded;
}
