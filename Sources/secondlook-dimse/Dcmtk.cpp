#include "Dcmtk.hpp"

#include <cstdio>
#include <cstdlib>

#include "FileMeta.hpp"
#include "Problem.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdict.h"
#include "dcmtk/dcmnet/assoc.h"
#include "dcmtk/dcmnet/cond.h"
#include "dcmtk/dcmnet/dimse.h"
#include "dcmtk/oflog/oflog.h"

const long largestUnit = ASC_MAXIMUMPDUSIZE;

void prepareToolkit() {
  // A rubbish dictionary from the environment would turn every command into mush.
  unsetenv("DCMDICTPATH");
  unsetenv("TCP_BUFFER_LENGTH");
  // An answer must not wait for the acknowledgement of the one before.
  setenv("TCP_NODELAY", "1", 1);
  // Its warnings would hold what peers say.
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  dcmDisableGethostbyaddr.set(OFTrue);
  require(dcmDataDict.isDictionaryLoaded(),
          "The DICOM dictionary of DCMTK is missing; it comes with the package libdcmtk17.");
}

void introduce(T_ASC_Parameters *parameters) {
  const auto copy = [](auto &field, const char *text) {
    snprintf(field, sizeof field, "%s", text);
  };
  copy(parameters->ourImplementationClassUID, implementationClass);
  copy(parameters->ourImplementationVersionName, implementationVersion);
  copy(parameters->DULparams.callingImplementationClassUID, implementationClass);
  copy(parameters->DULparams.callingImplementationVersionName, implementationVersion);
  copy(parameters->DULparams.calledImplementationClassUID, implementationClass);
  copy(parameters->DULparams.calledImplementationVersionName, implementationVersion);
}

bool isOfSecurity(const OFCondition &condition) {
  return condition.module() == OFM_dcmtls ||
         (condition.module() == OFM_dcmnet && condition.code() == DULC_TLSERROR);
}

std::string reason(const OFCondition &condition) {
  // The toolkit makes no difference between the two.
  if (condition == DUL_PEERABORTEDASSOCIATION) {
    return "The peer aborted the association or closed the connection.";
  }
  if (condition == DUL_NETWORKCLOSED) return "The connection was closed.";
  if (condition == DUL_PEERREQUESTEDRELEASE) return "The peer left before it had answered.";
  if (isOfSecurity(condition)) {
    return "TLS could not be agreed upon: certificates or versions do not fit.";
  }
  switch (condition.module() == OFM_dcmnet ? condition.code() : 0) {
    case DULC_TCPINITERROR:
    case DULC_REQUESTASSOCIATIONFAILED:
      return "Nobody listens there, or a firewall is in between.";
    case DULC_READTIMEOUT:
    case DIMSEC_NODATAAVAILABLE:
      return "The peer did not answer in time.";
    case DULC_ILLEGALPDU:
    case DULC_ILLEGALPDULENGTH:
    case DULC_UNRECOGNIZEDPDUTYPE:
    case DULC_UNEXPECTEDPDU:
    case DULC_NOPDVS:
    case DIMSEC_BADCOMMANDTYPE:
    case DIMSEC_BADMESSAGE:
    case DIMSEC_PARSEFAILED:
    case DIMSEC_RECEIVEFAILED:
    case DIMSEC_UNEXPECTEDPDVTYPE:
    case DIMSEC_INVALIDPRESENTATIONCONTEXTID:
      return "What the peer sent is not as DICOM wants it.";
    case DIMSEC_READPDVFAILED:
      return "The connection was closed, or what came is not as DICOM wants it.";
    case DIMSEC_SENDFAILED:
      return "The peer did not wait for its answer.";
    default:
      char text[80];
      snprintf(text, sizeof text, "The conversation broke off (DCMTK %04x:%04x).",
               unsigned(condition.module()), unsigned(condition.code()));
      return text;
  }
}
