#include "Worklist.hpp"

#include <unistd.h>

#include <cstdio>
#include <list>
#include <memory>
#include <set>

#include "Answers.hpp"
#include "Dcmtk.hpp"
#include "Problem.hpp"
#include "Requestor.hpp"
#include "Text.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcdatset.h"
#include "dcmtk/dcmdata/dcspchrs.h"
#include "dcmtk/dcmdata/dcsequen.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/dimse.h"

namespace {

const std::set<DcmTagKey> returned = {
    DCM_SpecificCharacterSet, DCM_AccessionNumber, DCM_ReferringPhysicianName, DCM_PatientName,
    DCM_PatientID, DCM_IssuerOfPatientID, DCM_PatientBirthDate, DCM_PatientSex,
    DCM_StudyInstanceUID, DCM_RequestedProcedureDescription, DCM_RequestedProcedureID,
    DCM_RequestedProcedurePriority};
const std::set<DcmTagKey> returnedInCode = {DCM_CodeValue, DCM_CodingSchemeDesignator,
                                            DCM_CodeMeaning};
const std::set<DcmTagKey> returnedInStep = {
    DCM_Modality, DCM_ScheduledStationAETitle, DCM_ScheduledProcedureStepStartDate,
    DCM_ScheduledProcedureStepStartTime, DCM_ScheduledProcedureStepDescription,
    DCM_ScheduledProcedureStepID};

/// Puts `GGGGEEEE=VALUE` into the item, where such a key is asked for.
void put(DcmItem &item, const std::set<DcmTagKey> &known, const std::string &match) {
  unsigned group = 0, element = 0;
  int length = 0;
  const bool isRead = sscanf(match.c_str(), "%4x%4x=%n", &group, &element, &length) == 2;
  const DcmTagKey key{Uint16(group), Uint16(element)};
  require(isRead && length == 9 && known.count(key) > 0 && key != DCM_SpecificCharacterSet,
          "A match has to be GGGGEEEE=VALUE with a key that is asked for; the manual lists them.");
  require(match.size() <= 1024 && item.putAndInsertString(key, match.c_str() + 9).good(),
          "The value of the match for " + match.substr(0, 8) + " is not of its kind.");
}

/// The question: every key empty, but those that have to match.
std::unique_ptr<DcmDataset> question(const Settings &settings) {
  auto keys = std::make_unique<DcmDataset>();
  DcmItem *step = nullptr, *code = nullptr;
  require(keys->findOrCreateSequenceItem(DCM_ScheduledProcedureStepSequence, step).good() &&
              keys->findOrCreateSequenceItem(DCM_RequestedProcedureCodeSequence, code).good(),
          "The question could not be made.");
  for (const DcmTagKey &key : returned) keys->insertEmptyElement(key);
  for (const DcmTagKey &key : returnedInCode) code->insertEmptyElement(key);
  for (const DcmTagKey &key : returnedInStep) step->insertEmptyElement(key);
  bool isPlain = true;
  const auto add = [&](DcmItem &item, const auto &known, const std::string &match) {
    put(item, known, match);
    isPlain = isPlain && printable(match) == match;
  };
  for (const std::string &match : settings.matches) add(*keys, returned, match);
  for (const std::string &match : settings.stepMatches) add(*step, returnedInStep, match);
  if (!isPlain) keys->putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 192");
  return keys;
}

void copyItems(DcmItem &from, DcmItem &to, const DcmTagKey &sequence,
               const std::set<DcmTagKey> &keys) {
  constexpr int mostItems = 16;
  DcmItem *item = nullptr, *copied = nullptr;
  for (int index = 0; index < mostItems; ++index) {
    if (from.findAndGetSequenceItem(sequence, item, index).bad()) return;
    if (to.findOrCreateSequenceItem(sequence, copied, -2).bad()) return;
    copyAsked(*item, *copied, keys);
  }
}

/// Answers as they come, and what became of them.
struct Answers {
  const Settings &settings;
  T_ASC_Association *const association;
  unsigned printed = 0, unreadable = 0;
  bool isCut = false;

  void take(DcmDataset &answer) {
    DcmDataset kept;
    copyAsked(answer, kept, returned);
    copyItems(answer, kept, DCM_RequestedProcedureCodeSequence, returnedInCode);
    copyItems(answer, kept, DCM_ScheduledProcedureStepSequence, returnedInStep);
    ++(printAsJSON(kept) ? printed : unreadable);
  }
};

void heard(void *data, T_DIMSE_C_FindRQ *, int, T_DIMSE_C_FindRSP *, DcmDataset *answer) {
  auto &answers = *static_cast<Answers *>(data);
  expectAnswerWithin(answers.settings.stall);
  if (answers.isCut || !answer) return;
  if (answers.printed + answers.unreadable < answers.settings.most) return answers.take(*answer);
  // The peer may have thousands more, and is not obliged to hear that we have enough.
  answers.isCut = true;
  ASC_abortAssociation(answers.association);
}

int outcome(const Answers &answers) {
  if (answers.isCut) {
    fprintf(stderr, "Error: There are more than %u answers; ask for less or allow --most more.\n",
            answers.settings.most);
  }
  if (answers.unreadable > 0) {
    fprintf(stderr,
            "Error: %u answers were left out: too long, or not in the character set they say.\n",
            answers.unreadable);
  }
  return answers.isCut || answers.unreadable > 0 ? 5 : 0;
}

}  // namespace

int findWorklist(const Settings &settings) {
  const auto keys = question(settings);
  const auto characterSets = loadedCharacterSets();
  Requestor requestor(settings, UID_FINDModalityWorklistInformationModel);
  T_DIMSE_C_FindRQ request{};
  request.MessageID = requestor.association->nextMsgID++;
  snprintf(request.AffectedSOPClassUID, sizeof request.AffectedSOPClassUID, "%s",
           UID_FINDModalityWorklistInformationModel);
  request.Priority = DIMSE_PRIORITY_MEDIUM;
  request.DataSetType = DIMSE_DATASET_PRESENT;

  Answers answers{settings, requestor.association};
  T_DIMSE_C_FindRSP response{};
  DcmDataset *details = nullptr;
  int count = 0;
  expectAnswerWithin(settings.stall);
  const OFCondition result =
      DIMSE_findUser(requestor.association, requestor.context(), &request, keys.get(), count,
                     heard, &answers, DIMSE_BLOCKING, 0, &response, &details);
  delete details;
  fflush(stdout);
  if (answers.isCut) return outcome(answers);
  require(result.good(), reason(result));
  require(response.DimseStatus == STATUS_FIND_Success_MatchingIsComplete,
          "The peer could not answer the question.");
  requestor.release();
  return outcome(answers);
}
