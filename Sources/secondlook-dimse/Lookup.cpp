#include "Lookup.hpp"

#include <cstdio>

#include "Answers.hpp"
#include "Dcmtk.hpp"
#include "Problem.hpp"
#include "Requestor.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdatset.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcspchrs.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/dimse.h"

namespace {

const std::set<DcmTagKey> returned = {
    DCM_SpecificCharacterSet, DCM_StudyInstanceUID, DCM_SeriesInstanceUID, DCM_SOPInstanceUID,
    DCM_PatientID, DCM_IssuerOfPatientID};

struct Found {
  const Settings &settings;
  bool isUnreadable = false;
};

void heard(void *data, T_DIMSE_C_FindRQ *, int, T_DIMSE_C_FindRSP *, DcmDataset *answer) {
  auto &found = *static_cast<Found *>(data);
  expectAnswerWithin(found.settings.stall);
  if (!answer) return;
  DcmDataset kept;
  copyAsked(*answer, kept, returned);
  if (!printAsJSON(kept)) found.isUnreadable = true;
}

void put(DcmDataset &keys, const DcmTagKey &key, const std::string &value) {
  require(keys.putAndInsertString(key, value.c_str()).good(), "The question could not be made.");
}

DcmDataset question(const Settings &settings) {
  const bool isAboutObject = !settings.instance.empty();
  require(!settings.study.empty() && isAboutObject == !settings.series.empty(),
          "Say with --study, or with --study, --series and --instance, what to look for.");
  DcmDataset keys;
  put(keys, DCM_QueryRetrieveLevel, isAboutObject ? "IMAGE" : "STUDY");
  put(keys, DCM_StudyInstanceUID, settings.study);
  if (isAboutObject) {
    put(keys, DCM_SeriesInstanceUID, settings.series);
    put(keys, DCM_SOPInstanceUID, settings.instance);
  } else {
    keys.insertEmptyElement(DCM_PatientID);
    keys.insertEmptyElement(DCM_IssuerOfPatientID);
  }
  return keys;
}

int ask(const Settings &settings) {
  DcmDataset keys = question(settings);
  const auto characterSets = loadedCharacterSets();
  const char *const sopClass = UID_FINDStudyRootQueryRetrieveInformationModel;
  Requestor requestor(settings, sopClass);
  T_DIMSE_C_FindRQ request{};
  request.MessageID = requestor.association->nextMsgID++;
  snprintf(request.AffectedSOPClassUID, sizeof request.AffectedSOPClassUID, "%s", sopClass);
  request.Priority = DIMSE_PRIORITY_MEDIUM;
  request.DataSetType = DIMSE_DATASET_PRESENT;

  Found found{settings};
  T_DIMSE_C_FindRSP response{};
  DcmDataset *details = nullptr;
  int count = 0;
  expectAnswerWithin(settings.stall);
  const OFCondition result =
      DIMSE_findUser(requestor.association, requestor.context(), &request, &keys, count, heard,
                     &found, DIMSE_BLOCKING, 0, &response, &details);
  delete details;
  fflush(stdout);
  require(result.good(), reason(result));
  if (response.DimseStatus != STATUS_FIND_Success_MatchingIsComplete) {
    throw NotOffered("The peer could not answer the question.");
  }
  requestor.release();
  return found.isUnreadable ? 5 : 0;
}

}  // namespace

int lookUp(const Settings &settings) {
  try {
    return ask(settings);
  } catch (const NotOffered &problem) {
    fprintf(stderr, "Error: %s\n", problem.what());
    return 6;
  } catch (const Untrusted &problem) {
    fprintf(stderr, "Error: %s\n", problem.what());
    return 7;
  }
}
