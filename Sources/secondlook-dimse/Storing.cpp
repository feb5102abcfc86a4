#include "Storing.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string_view>

#include "Dcmtk.hpp"
#include "Problem.hpp"
#include "Requestor.hpp"
#include "Text.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcfilefo.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmdata/dcxfer.h"
#include "dcmtk/dcmnet/dimse.h"

namespace {

/// Whether the peer may have it already.
volatile sig_atomic_t isUnderWay = 0;

struct Outcome {
  std::string word;
  unsigned status = 0;
  std::string reason;

  int say() const {
    printf("{\"outcome\": \"%s\", \"status\": %u, \"reason\": %s}\n", word.c_str(), status,
           inJSON(reason).c_str());
    fflush(stdout);
    return word == "stored" ? 0 : 2;
  }
};

/// The same when the time is over: a signal handler may not call printf.
void tellLate(const char *reason) {
  const auto part = [](std::string_view text) {
    return iovec{const_cast<char *>(text.data()), text.size()};
  };
  const iovec line[] = {part(isUnderWay ? "{\"outcome\": \"unknown\", \"status\": 0, \"reason\": \""
                                        : "{\"outcome\": \"unreached\", \"status\": 0, \"reason\": \""),
                        part(reason), part("\"}\n")};
  (void)!writev(STDOUT_FILENO, line, 3);
}

/// Any answer of the network is a sign of life.
void goesOn(void *settings, T_DIMSE_StoreProgress *, T_DIMSE_C_StoreRQ *) {
  expectAnswerWithin(static_cast<const Settings *>(settings)->stall);
}

/// What a status means (PS3.4 table B.2-1, PS3.7 annex C).
Outcome meaning(unsigned status) {
  char number[24];
  snprintf(number, sizeof number, " (status %04x).", status);
  const auto told = [&](const char *word, const char *text) {
    return Outcome{word, status, std::string(text) + number};
  };
  if (status == STATUS_Success) return {"stored", 0, ""};
  if (DICOM_WARNING_STATUS(status)) {
    return told("stored", "The peer stored it with a warning: it changed or left out something");
  }
  if (status == STATUS_STORE_Refused_SOPClassNotSupported) {
    return told("refused", "The peer does not store this kind of object");
  }
  if (status == 0x0111) return told("known", "The peer has an object of this UID");
  if (status == 0x0110 || (status & 0xff00) == 0xa700) {
    return told("busy", "The peer could not store it now");
  }
  if ((status & 0xff00) == 0xa900 || (status & 0xf000) == 0xc000) {
    return told("refused", "The peer does not understand this object");
  }
  return told("refused", "The peer refused to store it");
}

/// A file of ours, read whole: in the jail there are no files.
struct Object {
  DcmFileFormat file;
  std::string sopClass, instance, encoding;

  explicit Object(const std::string &path) {
    require(!path.empty(), "Say with --object which file to send.");
    require(file.loadFile(path.c_str()).good() && file.loadAllDataIntoMemory().good(),
            "The file cannot be read as DICOM.");
    OFString text;
    file.getDataset()->findAndGetOFString(DCM_SOPClassUID, text);
    sopClass = text.c_str();
    file.getDataset()->findAndGetOFString(DCM_SOPInstanceUID, text);
    instance = text.c_str();
    encoding = DcmXfer(file.getDataset()->getOriginalXfer()).getXferID();
    require(!sopClass.empty() && sopClass.size() <= 64 && !instance.empty() &&
                instance.size() <= 64,
            "The file does not say which object it is.");
  }
};

int store(const Settings &settings, Object &object) {
  // What is not compressed can be said in the encoding that everybody has to know (PS3.5 10.1).
  std::vector<const char *> encodings = {object.encoding.c_str()};
  if (object.encoding == UID_LittleEndianExplicitTransferSyntax) {
    encodings.push_back(UID_LittleEndianImplicitTransferSyntax);
  }
  Requestor requestor(settings, object.sopClass.c_str(), encodings);
  T_DIMSE_C_StoreRQ request{};
  request.MessageID = requestor.association->nextMsgID++;
  snprintf(request.AffectedSOPClassUID, sizeof request.AffectedSOPClassUID, "%s",
           object.sopClass.c_str());
  snprintf(request.AffectedSOPInstanceUID, sizeof request.AffectedSOPInstanceUID, "%s",
           object.instance.c_str());
  request.DataSetType = DIMSE_DATASET_PRESENT;
  request.Priority = DIMSE_PRIORITY_MEDIUM;

  T_DIMSE_C_StoreRSP response{};
  DcmDataset *details = nullptr;
  isUnderWay = 1;
  expectAnswerWithin(settings.stall);
  const OFCondition result = DIMSE_storeUser(
      requestor.association, requestor.context(), &request, nullptr, object.file.getDataset(),
      goesOn, const_cast<Settings *>(&settings), DIMSE_BLOCKING, 0, &response, &details);
  delete details;
  if (result.bad()) return Outcome{"unknown", 0, reason(result)}.say();
  // What it answered holds, however it says goodbye.
  whenTimeIsOver(nullptr);
  const int status = meaning(response.DimseStatus).say();
  requestor.release();
  return status;
}

}  // namespace

int sendObject(const Settings &settings) {
  whenTimeIsOver(tellLate);
  try {
    Object object(settings.object);
    try {
      return store(settings, object);
    } catch (const NotOffered &problem) {
      return Outcome{"notTaken", 0, problem.what()}.say();
    } catch (const Untrusted &problem) {
      return Outcome{"untrusted", 0, problem.what()}.say();
    } catch (const Problem &problem) {
      return Outcome{"unreached", 0, problem.what()}.say();
    }
  } catch (const Problem &problem) {
    return Outcome{"unusable", 0, problem.what()}.say();
  }
}
