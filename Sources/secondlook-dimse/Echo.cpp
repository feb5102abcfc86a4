#include "Echo.hpp"

#include <chrono>
#include <cstdio>

#include "Dcmtk.hpp"
#include "Problem.hpp"
#include "Requestor.hpp"
#include "Text.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/dimse.h"

namespace {

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
  const auto start = std::chrono::steady_clock::now();
  std::string problem;
  try {
    ask(settings);
  } catch (const Problem &found) {
    problem = found.what();
  }
  const long milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::steady_clock::now() - start)
                                .count();
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
