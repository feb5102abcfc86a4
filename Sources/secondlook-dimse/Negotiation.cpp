#include "Negotiation.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "FileMeta.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/assoc.h"

namespace {

/// The encodings that the decoder knows (PS3.5 10).
const std::set<std::string> decodable = {
    UID_LittleEndianImplicitTransferSyntax,
    UID_LittleEndianExplicitTransferSyntax,
    UID_BigEndianExplicitTransferSyntax,
    UID_DeflatedExplicitVRLittleEndianTransferSyntax,
    UID_RLELosslessTransferSyntax,
    UID_JPEGProcess1TransferSyntax,
    UID_JPEGProcess2_4TransferSyntax,
    UID_JPEGProcess6_8TransferSyntax,
    UID_JPEGProcess10_12TransferSyntax,
    UID_JPEGProcess14TransferSyntax,
    UID_JPEGProcess14SV1TransferSyntax,
    UID_JPEGLSLosslessTransferSyntax,
    UID_JPEGLSLossyTransferSyntax,
    UID_JPEG2000LosslessOnlyTransferSyntax,
    UID_JPEG2000TransferSyntax,
};

/// The echo needs no more than what everybody has to offer (PS3.4 A.4).
const std::set<std::string> plain = {
    UID_LittleEndianImplicitTransferSyntax,
    UID_LittleEndianExplicitTransferSyntax,
    UID_BigEndianExplicitTransferSyntax,
};

/// The encodings in which this kind of object is taken, or none.
const std::set<std::string> *encodings(const std::string &sopClass) {
  if (sopClass == UID_VerificationSOPClass) return &plain;
  const auto end = dcmAllStorageSOPClassUIDs + numberOfDcmAllStorageSOPClassUIDs;
  const bool isStorage = std::find(dcmAllStorageSOPClassUIDs, end, sopClass) != end;
  return isStorage ? &decodable : nullptr;
}

/// The name DICOM gives a UID, else the UID itself, else that it is none.
std::string named(const std::string &uid) {
  if (const char *name = dcmFindNameOfUID(uid.c_str())) return name;
  return isUID(uid) ? uid : "something that is no UID";
}

/// Longest list of names in a sentence; a peer may offer 128 kinds with 50 encodings each.
constexpr size_t mostNames = 8;

std::string listed(const std::set<std::string> &names) {
  std::string list;
  size_t count = 0;
  for (const std::string &name : names) {
    if (count++ == mostNames) return list + " and " + std::to_string(names.size() - mostNames) +
                                     " more";
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
}

}  // namespace

Admission admit(const Settings &settings, const std::string &calling, const std::string &called) {
  const auto &accepted = settings.accepted;
  if (std::find(accepted.begin(), accepted.end(), calling) == accepted.end()) {
    return {false, "The calling title is not on the list; --accept puts it there.",
            ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
            ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED};
  }
  if (called != settings.title) {
    return {false, "The caller meant somebody else; here is " + settings.title + ".",
            ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
            ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED};
  }
  return {true, ""};
}

Refusals negotiate(T_ASC_Parameters *parameters) {
  std::set<std::string> taken;
  std::map<std::string, std::set<std::string>> refused;
  const int count = ASC_countPresentationContexts(parameters);
  for (int index = 0; index < count; ++index) {
    T_ASC_PresentationContext context{};
    if (ASC_getPresentationContext(parameters, index, &context).bad()) continue;
    const auto *known = encodings(context.abstractSyntax);
    const auto first = context.proposedTransferSyntaxes;
    const auto last = first + context.transferSyntaxCount;
    const auto chosen = std::find_if(first, last, [&](const char *uid) {
      return known && known->count(uid) > 0;
    });
    if (chosen != last && ASC_acceptPresentationContext(
                              parameters, context.presentationContextID, *chosen)
                              .good()) {
      taken.insert(context.abstractSyntax);
      continue;
    }
    ASC_refusePresentationContext(parameters, context.presentationContextID,
                                  known ? ASC_P_TRANSFERSYNTAXESNOTSUPPORTED
                                        : ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
    auto &offered = refused[context.abstractSyntax];
    if (known) std::transform(first, last, std::inserter(offered, offered.end()), named);
  }

  if (count == 0) return {"The caller proposed nothing to store.", ""};
  std::set<std::string> kinds, offers, others;
  for (const auto &[sopClass, offered] : refused) {
    const bool isTaken = taken.count(sopClass) > 0;
    if (!isTaken) kinds.insert(named(sopClass));
    (isTaken ? others : offers).insert(offered.begin(), offered.end());
  }
  Refusals refusals;
  if (!kinds.empty()) refusals.kinds = "Not accepted: " + listed(kinds);
  if (!offers.empty()) refusals.kinds += "; offered only as " + listed(offers);
  if (!kinds.empty()) refusals.kinds += taken.empty() ? "; nothing else was proposed." : ".";
  if (!others.empty()) refusals.encodings = "Not accepted as " + listed(others) + ".";
  return refusals;
}
