#include "Requestor.hpp"

#include <netdb.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "Dcmtk.hpp"
#include "Jail.hpp"
#include "Landlock.hpp"
#include "Problem.hpp"
#include "Text.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmnet/assoc.h"
#include "dcmtk/dcmtls/tlslayer.h"

namespace {

void (*lastWords)(const char *reason) = nullptr;

void timeIsOver(int) {
  static const char reason[] = "The peer did not answer in time.";
  if (lastWords) lastWords(reason);
  (void)!write(STDERR_FILENO, "Error: ", 7);
  (void)!write(STDERR_FILENO, reason, sizeof reason - 1);
  (void)!write(STDERR_FILENO, "\n", 1);
  _exit(2);
}

/// The address in digits: within the jail no name server is asked.
std::string looked(const std::string &host) {
  addrinfo hints{}, *found = nullptr;
  // The toolkit of this version speaks to peers by the old protocol alone.
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  require(getaddrinfo(host.c_str(), nullptr, &hints, &found) == 0,
          "Nobody knows an IPv4 address of the host " + host + ".");
  char address[NI_MAXHOST] = "";
  getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, nullptr, 0,
              NI_NUMERICHOST);
  freeaddrinfo(found);
  return address;
}

/// What the peer said when it refused, for people (PS3.8 9.3.4).
std::string rejection(T_ASC_Parameters *parameters) {
  T_ASC_RejectParameters rejected{};
  ASC_getRejectParameters(parameters, &rejected);
  switch (rejected.reason) {
    case ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED:
      return "The peer does not know the calling title; it has to be told of it.";
    case ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED:
      return "The peer has another title than the one that was called.";
    case ASC_REASON_SP_PRES_TEMPORARYCONGESTION:
    case ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED:
      return "The peer is too busy; try again later.";
    default:
      return "The peer refused the association and gave no reason.";
  }
}

}  // namespace

void whenTimeIsOver(void (*say)(const char *reason)) { lastWords = say; }

void expectAnswerWithin(unsigned seconds) {
  signal(SIGALRM, timeIsOver);
  alarm(seconds);
}

Requestor::Requestor(const Settings &settings, const char *sopClass,
                     std::vector<const char *> encodings)
    : settings(settings), sopClass(sopClass), encodings(std::move(encodings)) {
  if (this->encodings.empty()) {
    this->encodings = {UID_LittleEndianExplicitTransferSyntax,
                       UID_LittleEndianImplicitTransferSyntax};
  }
  open();
}

/// Why the peer did not take the one context that was proposed (PS3.8 9.3.3.2).
std::string Requestor::refusal(T_ASC_Parameters *parameters) const {
  T_ASC_PresentationContext context{};
  const auto named = [](const char *uid) {
    return std::string(dcmFindNameOfUID(uid, "a kind of its own")) + " (" + uid + ")";
  };
  if (ASC_getPresentationContext(parameters, 0, &context).good() &&
      context.resultReason == ASC_P_TRANSFERSYNTAXESNOTSUPPORTED) {
    return "The peer takes " + named(sopClass) + ", but not as " + named(encodings[0]) + ".";
  }
  return "The peer does not offer " + named(sopClass) + " to the calling title.";
}

void Requestor::open() {
  if (settings.isSecure) layer = security(settings.files, false);
  T_ASC_Parameters *parameters = nullptr;
  const int seconds = int(settings.stall);
  const std::string peer = looked(settings.host) + ":" + std::to_string(settings.port);
  dcmConnectionTimeout.set(seconds);
  require(ASC_initializeNetwork(NET_REQUESTOR, 0, seconds, &network).good() &&
              ASC_createAssociationParameters(&parameters, largestUnit).good() &&
              ASC_setAPTitles(parameters, settings.calling.c_str(), settings.called.c_str(),
                              nullptr)
                  .good() &&
              ASC_setPresentationAddresses(parameters, "localhost", peer.c_str()).good() &&
              ASC_addPresentationContext(parameters, 1, sopClass, encodings.data(),
                                         int(encodings.size()))
                  .good() &&
              (!layer || (ASC_setTransportLayer(network, layer.get(), 0).good() &&
                          ASC_setTransportLayerType(parameters, OFTrue).good())),
          "The association could not be prepared.");
  introduce(parameters);

  // Before version 4 of Landlock the port is not bound; the rest of the jail is.
  landlock::restrictToPort(settings.port);
  require(jail::closeForAsking(), "The jail could not be closed: nobody was called.");
  expectAnswerWithin(settings.stall);
  const OFCondition result = ASC_requestAssociation(network, parameters, &association);
  if (result == DUL_ASSOCIATIONREJECTED) throw Problem(rejection(parameters));
  if (isOfSecurity(result)) throw Untrusted(reason(result));
  require(result.good(), reason(result));
  agreed = ASC_findAcceptedPresentationContextID(association, sopClass);
  if (agreed == 0) {
    const std::string reason = refusal(parameters);
    ASC_abortAssociation(association);
    throw NotOffered(reason);
  }
}

Requestor::~Requestor() {
  if (association) ASC_destroyAssociation(&association);
  if (network) ASC_dropNetwork(&network);
}

void Requestor::release() {
  expectAnswerWithin(settings.stall);
  ASC_releaseAssociation(association);
  alarm(0);
}
