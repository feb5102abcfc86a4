#include "Association.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>

#include "Dcmtk.hpp"
#include "Event.hpp"
#include "FileMeta.hpp"
#include "Jail.hpp"
#include "Negotiation.hpp"
#include "Text.hpp"
#include "Watchdog.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcostrma.h"
#include "dcmtk/dcmnet/assoc.h"
#include "dcmtk/dcmnet/dcmtrans.h"
#include "dcmtk/dcmnet/dimse.h"
#include "dcmtk/dcmtls/tlslayer.h"

namespace {

/// Seconds that a caller has to say who it is: strangers must not take the places of others.
constexpr unsigned patience = 15;

/// Takes every byte, also those that can no longer be stored: the peer has to be heard to the end
/// of its object before it can be told.
class ArrivalConsumer : public DcmConsumer {
 public:
  explicit ArrivalConsumer(Arrival &arrival) : arrival(arrival) {}
  OFBool good() const override { return OFTrue; }
  OFCondition status() const override { return EC_Normal; }
  OFBool isFlushed() const override { return OFTrue; }
  offile_off_t avail() const override { return 1 << 20; }
  void flush() override {}
  offile_off_t write(const void *bytes, offile_off_t count) override {
    arrival.write(bytes, size_t(count));
    watchdog::advance(uint64_t(count));
    return count;
  }

 private:
  Arrival &arrival;
};

class ArrivalStream : public DcmOutputStream {
 public:
  explicit ArrivalStream(ArrivalConsumer &consumer) : DcmOutputStream(&consumer) {}
};

/// One conversation from the request for an association to its end.
class Conversation {
 public:
  Conversation(const Settings &settings, const Spool &spool, const Caller &caller)
      : settings(settings), spool(spool), caller(caller) {
    event.address = caller.address;
  }

  ~Conversation() {
    if (association) ASC_destroyAssociation(&association);
  }

  void run(T_ASC_Network *network) {
    if (!receive(network) || !accept()) return;
    OFCondition result = EC_Normal;
    while (result.good()) result = serve();
    end(result);
  }

 private:
  /// Hears who calls and what for; false if that is no association.
  bool receive(T_ASC_Network *network) {
    const OFCondition result = ASC_receiveAssociation(
        network, &association, largestUnit, nullptr, nullptr, settings.isSecure);
    if (watchdog::isOver()) {
      say("refused", "The caller asked for nothing in time.");
      return false;
    }
    char protocol[65] = "", calling[65] = "", called[65] = "";
    if (result.good()) {
      ASC_getApplicationContextName(association->params, protocol, sizeof protocol);
      ASC_getAPTitles(association->params, calling, sizeof calling, called, sizeof called, nullptr,
                      0);
    }
    // Whoever connects and leaves, as the checks of load balancers do, is no event. The toolkit
    // takes that for a request in which nothing stands.
    if (result == DUL_NETWORKCLOSED || (result.good() && !*protocol)) return false;
    if (result.bad()) {
      say("refused", reason(result));
      return false;
    }
    event.calling = printable(calling);
    event.called = printable(called);
    introduce(association->params);
    return true;
  }

  /// Agrees on what will be sent; false if the caller was refused.
  bool accept() {
    Admission admission = admit(settings, event.calling, event.called);
    if (admission.isAccepted && caller.isOneTooMany) {
      admission = {false,
                   "Already " + std::to_string(settings.mostAssociations) +
                       " associations are open; --most-associations allows more.",
                   ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
                   ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED};
    }
    if (!admission.isAccepted) {
      const T_ASC_RejectParameters rejection{T_ASC_RejectParametersResult(admission.result),
                                             T_ASC_RejectParametersSource(admission.source),
                                             T_ASC_RejectParametersReason(admission.code)};
      ASC_rejectAssociation(association, &rejection);
      say("refused", admission.reason);
      leave();
      return false;
    }
    refusals = negotiate(association->params);
    if (!refusals.kinds.empty()) say("no-context", refusals.kinds);
    const OFCondition result = ASC_acknowledgeAssociation(association);
    watchdog::watch(caller.socket, settings.stall);
    if (result.good()) return true;
    say("aborted", reason(result));
    return false;
  }

  /// Hears one command and answers it.
  OFCondition serve() {
    T_DIMSE_Message message{};
    T_ASC_PresentationContextID context = 0;
    watchdog::waitForNext();
    acknowledgeAtOnce();
    OFCondition result =
        DIMSE_receiveCommand(association, DIMSE_BLOCKING, 0, &context, &message, nullptr);
    watchdog::step();
    if (result.bad()) return result;
    switch (message.CommandField) {
      case DIMSE_C_ECHO_RQ:
        return DIMSE_sendEchoResponse(association, context, &message.msg.CEchoRQ, STATUS_Success,
                                      nullptr);
      case DIMSE_C_STORE_RQ:
        return store(message.msg.CStoreRQ, context);
      default:
        return DIMSE_BADCOMMANDTYPE;
    }
  }

  OFCondition store(const T_DIMSE_C_StoreRQ &request, T_ASC_PresentationContextID context) {
    T_ASC_PresentationContext agreed{};
    OFCondition result = ASC_findAcceptedPresentationContext(association->params, context, &agreed);
    if (result.bad()) return result;
    const FileMeta meta{request.AffectedSOPClassUID, request.AffectedSOPInstanceUID,
                        agreed.acceptedTransferSyntax, event.calling, event.called};
    std::string problem;
    DIC_US status = STATUS_STORE_Refused_OutOfResources;
    if (!isUID(meta.sopClass) || !isUID(meta.sopInstance)) {
      problem = "what it calls itself is no UID";
      status = STATUS_STORE_InvalidSOPClass;
    } else if (spool.freeBytes() < settings.keepFree) {
      problem = "the disk is nearly full; --keep-free says how much stays free";
    }

    // What is refused already is heard to its end too, and nothing of it is kept.
    const std::string head = meta.encoded();
    Arrival arrival(spool, problem.empty() ? settings.largest + head.size() : 0);
    arrival.write(head.data(), head.size());
    ArrivalConsumer consumer(arrival);
    ArrivalStream stream(consumer);
    T_ASC_PresentationContextID dataContext = 0;
    acknowledgeAtOnce();
    result = DIMSE_receiveDataSetInFile(association, DIMSE_BLOCKING, 0, &dataContext, &stream,
                                        nullptr, nullptr);
    // The peer has done its part: the disk has its own time.
    if (result.good()) watchdog::step();
    if (result.good() && dataContext != context) result = DIMSE_RECEIVEFAILED;
    if (result.bad()) {
      isAmidst = true;
      return result;
    }
    if (problem.empty() && !arrival.keep()) problem = arrival.problem();
    if (problem.empty()) {
      status = STATUS_STORE_Success;
      ++stored;
      bytes += arrival.size() - head.size();
    } else {
      fail(problem, status);
    }
    T_DIMSE_C_StoreRSP response{};
    response.DimseStatus = status;
    return DIMSE_sendStoreResponse(association, context, &request, &response, nullptr);
  }

  /// Many peers write a command and its object one by one and wait, before the second, for the
  /// first to be acknowledged; the kernel takes 40 ms for that unless it is asked each time.
  void acknowledgeAtOnce() const {
    const int yes = 1;
    setsockopt(caller.socket, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
  }

  void fail(const std::string &problem, DIC_US status) {
    // A disk that is full fails thousands of objects: one word about it is enough.
    if (failed++ > 0) return;
    char code[16];
    snprintf(code, sizeof code, "%04X", unsigned(status));
    say("failed", "An object was not stored, for " + problem + "; answered with status " + code +
                      ".");
  }

  /// Says how it ended, and ends it.
  void end(const OFCondition &result) {
    event.stored = stored;
    event.failed = failed;
    event.bytes = bytes;
    const bool isWorthATelling = stored + failed > 0 || isAmidst;
    if (result == DUL_PEERREQUESTEDRELEASE) {
      if (isWorthATelling) say("association", "Released by the caller.");
      ASC_acknowledgeRelease(association);
      return leave();
    }
    if (watchdog::isOver()) {
      return say("stalled", isAmidst
                                ? "The caller was silent amidst an object; nothing of it stays."
                                : "The caller was silent for too long.");
    }
    if (watchdog::isAskedToStop() && !isAmidst) {
      if (isWorthATelling) say("association", "Ended because the receiver stops.");
      return;
    }
    std::string text = reason(result);
    if (isAmidst) text += " It was amidst an object; nothing of it stays.";
    // A peer that finds no context for what it wants to send often just leaves.
    if (!isAmidst && !refusals.encodings.empty()) text += " " + refusals.encodings;
    say("aborted", text);
    ASC_abortAssociation(association);
  }

  /// Waits a moment for the peer to close the connection: closed from here, its last answer could
  /// be lost.
  void leave() {
    watchdog::step();
    ASC_dropSCPAssociation(association, 2);
    watchdog::stop();
  }

  void say(const char *kind, const std::string &reason) {
    event.kind = kind;
    event.reason = reason;
    tell(spool, event);
  }

  const Settings &settings;
  const Spool &spool;
  const Caller &caller;
  T_ASC_Association *association = nullptr;
  Event event{};
  Refusals refusals;
  uint64_t stored = 0, failed = 0, bytes = 0;
  bool isAmidst = false;  ///< the conversation broke off within an object
};

}  // namespace

int converse(const Settings &settings, const Spool &spool, DcmTLSTransportLayer *security,
             const Caller &caller) {
  T_ASC_Network *network = nullptr;
  dcmExternalSocketHandle.set(caller.socket);
  // Longer than the watchdog's patience, so that it is the one who decides.
  dcmSocketReceiveTimeout.set(Sint32(settings.stall + 10));
  dcmSocketSendTimeout.set(Sint32(settings.stall + 10));
  const bool isReady =
      ASC_initializeNetwork(NET_ACCEPTOR, 0, int(settings.stall + 10), &network).good() &&
      (!security || ASC_setTransportLayer(network, security, 0).good());
  if (!isReady || !jail::closeForReceiving(settings.largest + 4096)) return 4;
  watchdog::watch(caller.socket, std::min(settings.stall, patience));
  Conversation(settings, spool, caller).run(network);
  return 0;
}
