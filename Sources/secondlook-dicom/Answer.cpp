#include "Answer.hpp"

#include <unistd.h>

#include <cstring>
#include <string>

namespace {

void append(std::string &text, uint64_t number, int size) {
  for (int index = 0; index < size; ++index) text += char(number >> (8 * index) & 0xff);
}

bool writeAll(const void *bytes, size_t count) {
  auto *next = static_cast<const char *>(bytes);
  while (count > 0) {
    const ssize_t written = write(STDOUT_FILENO, next, count);
    if (written <= 0) return false;
    next += written;
    count -= size_t(written);
  }
  return true;
}

}  // namespace

bool answer(const CDImage &image) {
  std::string head = "SLP1";
  for (uint32_t number :
       {image.rows, image.columns, image.frames, image.firstFrame, image.frameCount}) {
    append(head, number, 4);
  }
  for (uint8_t number :
       {image.samples, image.bytesPerSample, image.bitsStored, image.isSigned}) {
    append(head, number, 1);
  }
  head.append(image.photometric, 16);
  head.append(image.instance, 64);
  append(head, image.size, 8);
  return writeAll(head.data(), head.size()) && writeAll(image.pixels, image.size);
}

bool refuse(const char *reason) {
  std::string head = "SLE1";
  append(head, strlen(reason), 4);
  head += reason;
  return writeAll(head.data(), head.size());
}
