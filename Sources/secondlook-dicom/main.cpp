// secondlook-dicom: meets hostile bytes so that no other process has to.
//
//   secondlook-dicom decode [FRAME|all] <file   stored values of one frame (default 0) or of all
//   secondlook-dicom receive|echo|find|... ...  secondlook-dimse, the program beside this one
//   secondlook-dicom escape-HOW                 tries to leave the jail, under smaller limits
//
// One process decodes one image and ends. Exit status: 0 decoded, 2 refused with a reason, 3 wrong
// use, 4 the jail could not be closed.

#include <limits.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "Answer.hpp"
#include "CDicomImage.h"
#include "Escape.hpp"
#include "Jail.hpp"

namespace {

/// Most bytes of one file.
constexpr size_t inputLimit = size_t(1) << 29;

struct Input {
  std::unique_ptr<uint8_t, decltype(&std::free)> bytes{nullptr, &std::free};
  size_t count = 0;
};

/// Reads standard input to its end; says why not if that fails.
const char *readAll(Input &input) {
  size_t room = 0;
  for (;;) {
    if (input.count == room) {
      if (room > inputLimit) return "the file is larger than 512 MiB";
      room = room == 0 ? size_t(1) << 20 : room * 2;
      void *larger = std::realloc(input.bytes.get(), room);
      if (!larger) return "there is no memory for this file";
      (void)input.bytes.release();
      input.bytes.reset(static_cast<uint8_t *>(larger));
    }
    const ssize_t count = read(STDIN_FILENO, input.bytes.get() + input.count, room - input.count);
    if (count < 0) return "the file cannot be read";
    if (count == 0) return nullptr;
    input.count += size_t(count);
  }
}

int decode(int32_t frame) {
  Input input;
  const char *problem = readAll(input);
  if (problem) return refuse(problem), 2;
  CDImage image;
  char reason[200];
  if (!cd_decode(input.bytes.get(), input.count, frame, &image, reason, sizeof reason)) {
    return refuse(reason), 2;
  }
  return answer(image) ? 0 : 2;
}

int usage(FILE *place, int status) {
  fprintf(place,
          "usage: secondlook-dicom decode [FRAME|all] <file\n"
          "       secondlook-dicom receive|echo|find|send|look --help\n");
  return status;
}

/// Becomes the program that speaks with peers, which is installed beside this one.
///
/// Its libraries open connections and files; here, where images are decoded, they do not exist.
int speak(char **arguments) {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length > 0 && size_t(length) < sizeof path) {
    const std::string own(path, size_t(length));
    execv((own.substr(0, own.rfind('/')) + "/secondlook-dimse").c_str(), arguments);
  }
  fprintf(stderr, "Error: secondlook-dimse was not found beside secondlook-dicom.\n");
  return 2;
}

}  // namespace

int main(int count, char **arguments) {
  forgetParent();
  // A rubbish dictionary from the environment would turn implicit files into mush.
  unsetenv("DCMDICTPATH");
  // Every allocation starts as zeros: no picture may show what the heap held before. A test that
  // wants to see that none does has it start as something else.
  if (!getenv("MALLOC_PERTURB_")) mallopt(M_PERTURB, 0xff);
  for (const char *word : {"receive", "echo", "find", "send", "look"}) {
    if (count > 1 && !strcmp(arguments[1], word)) return speak(arguments);
  }
  if (count > 1 && !strcmp(arguments[1], "--help")) return usage(stdout, 0);
  if (count < 2) return usage(stderr, 3);
  const bool isEscape = !strncmp(arguments[1], "escape-", 7);
  if (!isEscape && strcmp(arguments[1], "decode")) return usage(stderr, 3);

  int32_t frame = 0;
  if (!isEscape && count > 2) {
    char *end = nullptr;
    const long number = strtol(arguments[2], &end, 10);
    const bool isAll = !strcmp(arguments[2], "all");
    if (!isAll && (*end || end == arguments[2] || number < 0 || number > INT32_MAX)) {
      return usage(stderr, 3);
    }
    frame = isAll ? -1 : int32_t(number);
  }
  if (const char *problem = cd_prepare()) return refuse(problem), 4;
  if (!closeJail(isEscape ? escapeLimits : Limits())) return refuse("the jail could not be closed"), 4;
  return isEscape ? tryToEscape(arguments[1] + 7) : decode(frame);
}
