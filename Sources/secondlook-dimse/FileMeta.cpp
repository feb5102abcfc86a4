#include "FileMeta.hpp"

#include <cctype>

const char *const implementationClass = "2.25.201822172423711290663492744007904242351";
const char *const implementationVersion = "SECONDLOOK_0_1";

namespace {

void append(std::string &bytes, size_t number, int size) {
  for (int index = 0; index < size; ++index) bytes += char(number >> (8 * index) & 0xff);
}

/// One element of group 0002 in explicit little endian, padded to even length (PS3.5 7.1.2).
std::string element(int number, const char *representation, std::string value, char padding) {
  if (value.size() % 2 != 0) value += padding;
  std::string bytes;
  append(bytes, 0x0002, 2);
  append(bytes, number, 2);
  bytes += representation;
  if (std::string(representation) == "OB") {
    append(bytes, 0, 2);
    append(bytes, value.size(), 4);
  } else {
    append(bytes, value.size(), 2);
  }
  return bytes + value;
}

}  // namespace

std::string FileMeta::encoded() const {
  const std::string group = element(0x0001, "OB", std::string("\0\1", 2), '\0') +
                            element(0x0002, "UI", sopClass, '\0') +
                            element(0x0003, "UI", sopInstance, '\0') +
                            element(0x0010, "UI", transferSyntax, '\0') +
                            element(0x0012, "UI", implementationClass, '\0') +
                            element(0x0013, "SH", implementationVersion, ' ') +
                            element(0x0016, "AE", calling, ' ') +
                            element(0x0018, "AE", called, ' ');
  std::string length;
  append(length, group.size(), 4);
  return std::string(128, '\0') + "DICM" + element(0x0000, "UL", length, '\0') + group;
}

bool isUID(const std::string &text) {
  if (text.empty() || text.size() > 64 || text.front() == '.' || text.back() == '.') return false;
  for (size_t index = 0; index < text.size(); ++index) {
    if (text[index] == '.' ? text[index - 1] == '.' : !isdigit(text[index])) return false;
  }
  return true;
}
