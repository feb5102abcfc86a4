// secondlook-dimse: speaks DICOM with peers, so that no other process has to.
//
// People and programs call it as `secondlook-dicom receive|echo|find|send|look`, which replaces itself by the
// program beside it: the one that decodes images is linked with nothing that opens a connection.
//
//   secondlook-dimse escape-HOW FOLDER   tests the receiver's jail: open, write 50; socket,
//                                        datagram, owner, exec, fork, kill, trace, code 159
//   secondlook-dimse escape-asking-HOW   tests the jail of the others, besides: connect 50
//
// Exit status: 0 done, 2 failed with a reason, 3 wrong use, 4 the jail could not be closed; find
// and look besides 5 not all answers; look 6 it answers no such question, 7 no TLS.

#include <cstdio>
#include <cstring>

#include "Dcmtk.hpp"
#include "Echo.hpp"
#include "Jail.hpp"
#include "Landlock.hpp"
#include "Listener.hpp"
#include "Lookup.hpp"
#include "Problem.hpp"
#include "Settings.hpp"
#include "Spool.hpp"
#include "Storing.hpp"
#include "Worklist.hpp"

namespace {

constexpr const char *usage =
    R"(usage: secondlook-dicom receive --spool FOLDER --port PORT --ae TITLE --accept TITLE,...
       secondlook-dicom echo HOST PORT --calling TITLE --called TITLE [--json]
       secondlook-dicom find HOST PORT --calling TITLE --called TITLE
       secondlook-dicom send HOST PORT --calling TITLE --called TITLE --object FILE
       secondlook-dicom look HOST PORT --calling TITLE --called TITLE --study UID

receive takes what peers send (C-STORE, C-ECHO) and keeps it bit for bit in FOLDER/arrived:
  --address ADDRESS        where to listen (127.0.0.1); 0.0.0.0 is everywhere
  --accept TITLE,...       who may call; nobody else is listened to
  --most-associations N    at the same time (16); who comes later is told to try again
  --largest BYTES          of one object (2147483648)
  --keep-free BYTES        of the disk, that objects leave free (536870912)
  --user NAME              whom to become when the port is open
  --attached               stop when standard input ends, as when its starter is gone

find asks for the planned examinations (Modality Worklist) and prints one DICOM JSON a line:
  --match GGGGEEEE=VALUE   asks for those that match, for example 00100020=4711
  --step GGGGEEEE=VALUE    the same within the scheduled step, for example 00080060=DX
  --most N                 answers (500)

send stores one DICOM file at the peer (C-STORE) and prints what became of it as JSON.

look asks whether the peer has a study, or one object of it (Study Root C-FIND), and prints what it
has as one DICOM JSON a line:
  --series UID --instance UID   the object, with --study

All of them:
  --stall SECONDS          that a peer may be silent (60)
  --certificate PEM --key PEM   who we are in TLS; receive then takes nothing without TLS
  --authorities PEM        whom the peer's certificate has to come from
  --tls                    to call a peer over TLS; it needs --authorities

Exit status: 0 done, 2 failed, 3 wrong use, 4 the jail could not be closed, 5 not all answers.
)";

int escape(const char *how, const char *folder) {
  bool isClosed = false;
  if (!strncmp(how, "asking-", 7)) {
    how += 7;
    isClosed = landlock::restrictToPort(2) && jail::closeForAsking();
  } else if (folder) {
    const Spool spool(folder);
    isClosed = landlock::restrictFiles({spool.receiving, spool.arrived, spool.events}) &&
               jail::closeForReceiving(1 << 20);
  }
  return isClosed ? jail::tryToEscape(how) : 4;
}

int run(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "";
  if (!strncmp(what, "escape-", 7)) return escape(what + 7, count > 2 ? arguments[2] : nullptr);
  int (*action)(const Settings &) = nullptr;
  if (!strcmp(what, "receive")) action = listenForCallers;
  if (!strcmp(what, "echo")) action = echo;
  if (!strcmp(what, "find")) action = findWorklist;
  if (!strcmp(what, "send")) action = sendObject;
  if (!strcmp(what, "look")) action = lookUp;
  for (int index = 1; index < count; ++index) {
    if (!strcmp(arguments[index], "--help")) return fputs(usage, stdout), 0;
  }
  if (!action) return fputs(usage, stderr), 3;

  Settings settings;
  try {
    const auto read = action == listenForCallers ? Settings::receive : Settings::ask;
    settings = read(count - 1, arguments + 1);
  } catch (const Problem &problem) {
    return fprintf(stderr, "Error: %s\n", problem.what()), 3;
  }
  prepareToolkit();
  return action(settings);
}

}  // namespace

int main(int count, char **arguments) {
  forgetParent();
  try {
    return run(count, arguments);
  } catch (const Problem &problem) {
    fprintf(stderr, "Error: %s\n", problem.what());
  } catch (const std::exception &) {
    fprintf(stderr, "Error: There is no memory for this.\n");
  }
  return 2;
}
