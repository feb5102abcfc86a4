#include "Echo.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "Dcmtk.hpp"
#include "Problem.hpp"
#include "Requestor.hpp"
#include "Text.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/dimse.h"

namespace {

std::chrono::steady_clock::time_point start;

long elapsedMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now() - start)
      .count();
}

/// The answer for programs when the time is over: a signal handler may not call printf.
void tellLate(const char *reason) {
  char digits[24];
  const char *const end = std::to_chars(digits, digits + sizeof digits, elapsedMilliseconds()).ptr;
  const auto part = [](std::string_view text) {
    return iovec{const_cast<char *>(text.data()), text.size()};
  };
  const iovec line[] = {part("{\"reached\": false, \"milliseconds\": "),
                        part({digits, size_t(end - digits)}), part(", \"reason\": \""),
                        part(reason), part("\"}\n")};
  (void)!writev(STDOUT_FILENO, line, 5);
}

void ask(const Settings &settings) {
  Requestor requestor(settings, UID_VerificationSOPClass);
  DIC_US status = 0;
  DcmDataset *details = nullptr;
  expectAnswerWithin(settings.stall);
  const OFCondition result =
      DIMSE_echoUser(requestor.association, requestor.association->nextMsgID++, DIMSE_BLOCKING, 0,
                     &status, &details);
  delete details;
  require(result.good(), reason(result));
  require(status == STATUS_Success, "The peer is there, but answers that something is wrong.");
  requestor.release();
}

}  // namespace

int echo(const Settings &settings) {
  start = std::chrono::steady_clock::now();
  if (settings.isJSON) whenTimeIsOver(tellLate);
  std::string problem;
  try {
    ask(settings);
  } catch (const Problem &found) {
    problem = found.what();
  }
  const long milliseconds = elapsedMilliseconds();
  if (settings.isJSON) {
    printf("{\"reached\": %s, \"milliseconds\": %ld, \"reason\": %s}\n",
           problem.empty() ? "true" : "false", milliseconds, inJSON(problem).c_str());
  } else if (problem.empty()) {
    printf("%s answered within %ld ms.\n", settings.called.c_str(), milliseconds);
  }
  fflush(stdout);
  if (problem.empty()) return 0;
  fprintf(stderr, "Error: %s\n", problem.c_str());
  return 2;
}
