#include "Listener.hpp"

#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>

#include "Association.hpp"
#include "Event.hpp"
#include "Landlock.hpp"
#include "Problem.hpp"
#include "Text.hpp"
#include "Watchdog.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmtls/tlslayer.h"

namespace {

/// Exit status of a conversation whose jail could not be closed, and of one that broke.
constexpr int noJail = 4, broke = 8;

volatile sig_atomic_t isStopping = 0;

/// The address and port of one end of a socket, in digits.
std::pair<std::string, std::string> place(const sockaddr_storage &address, socklen_t size) {
  char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
  getnameinfo(reinterpret_cast<const sockaddr *>(&address), size, host, sizeof host, port,
              sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, port};
}

/// Whether nothing more will come from a file; what comes is thrown away.
///
/// One that cannot be read has ended too: poll would call it ready for ever.
bool hasEnded(int file) {
  char words[256];
  const ssize_t count = read(file, words, sizeof words);
  return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
}

int openSocket(const Settings &settings) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  const std::string port = std::to_string(settings.port);
  require(getaddrinfo(settings.address.c_str(), port.c_str(), &hints, &found) == 0,
          "--address has to be an address of this machine in digits, 0.0.0.0 for all.");
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  const int listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1, no = 0;
  const bool isSix = found->ai_family == AF_INET6;
  // Connections of the receiver before this one may still linger: that must not keep it out. The
  // address :: is everywhere, for callers by IPv4 too, whatever this machine's custom is.
  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      (isSix && setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) != 0) ||
      bind(listener, found->ai_addr, found->ai_addrlen) != 0 || listen(listener, 128) != 0) {
    throw Problem("Port " + port + " of " + settings.address + " cannot be opened: " +
                  systemReason() + ".");
  }
  return listener;
}

/// Stops being root: what listens to strangers needs no more than its spool.
void become(const std::string &user, const std::string &spool) {
  const passwd *entry = getpwnam(user.c_str());
  require(entry != nullptr, "There is no user " + printable(user) + ".");
  require(mkdir(spool.c_str(), 0700) == 0 ? chown(spool.c_str(), entry->pw_uid, entry->pw_gid) == 0
                                          : errno == EEXIST,
          "The folder " + spool + " cannot be made: " + systemReason() + ".");
  require(setgroups(0, nullptr) == 0 && setgid(entry->pw_gid) == 0 && setuid(entry->pw_uid) == 0,
          "This process may not become the user " + printable(user) + ": " + systemReason() + ".");
}

class Listener {
 public:
  Listener(const Settings &settings, const Spool &spool, DcmTLSTransportLayer *security,
           int listener)
      : settings(settings), spool(spool), security(security), listener(listener) {}

  /// Listens until somebody asks to stop.
  void run() {
    sigset_t blocked, before;
    sigemptyset(&blocked);
    for (const int number : {SIGTERM, SIGINT, SIGCHLD}) {
      struct sigaction action{};
      action.sa_handler = [](int number) { isStopping = isStopping || number != SIGCHLD; };
      sigaction(number, &action, nullptr);
      sigaddset(&blocked, number);
    }
    // Signals are let through in ppoll alone: none is missed between a look and the wait.
    sigprocmask(SIG_BLOCK, &blocked, &before);
    while (!isStopping) {
      pollfd ready[] = {{listener, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
      const nfds_t count = settings.isAttached ? 2 : 1;
      if (ppoll(ready, count, nullptr, &before) > 0) {
        // Whoever started this is gone: another one wants the port.
        if (ready[1].revents && hasEnded(STDIN_FILENO)) break;
        if (ready[0].revents) accept(before);
      }
      collect(WNOHANG);
    }
    close(listener);
    finish(before);
  }

 private:
  void accept(const sigset_t &signals) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int socket = accept4(listener, reinterpret_cast<sockaddr *>(&address), &size,
                               SOCK_CLOEXEC);
    if (socket < 0) {
      // With no descriptor or memory left the caller stays in the queue: do not spin meanwhile.
      if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) usleep(100'000);
      return;
    }
    collect(WNOHANG);
    // As many again may be told to come later; beyond that there is no time to be polite.
    const size_t most = settings.mostAssociations;
    const Caller caller{socket, place(address, size).first, callers.size() >= most};
    const pid_t child = callers.size() < 2 * most ? fork() : -1;
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(listener);
      sigprocmask(SIG_SETMASK, &signals, nullptr);
      _exit(getppid() == parent ? attend(caller) : 0);
    }
    close(socket);
    if (child > 0) {
      callers[child] = caller.address;
    } else {
      tell("refused", caller.address, "So many call at once that it was not told why.");
    }
  }

  /// Talks with one caller, in the process that is the caller's own.
  ///
  /// Nothing may be thrown past it: there the code of the process that listens goes on.
  int attend(const Caller &caller) const noexcept {
    try {
      return converse(settings, spool, security, caller);
    } catch (...) {
      return broke;
    }
  }

  /// Notices who is done.
  void collect(int options) {
    int status = 0;
    for (pid_t child; (child = waitpid(-1, &status, options)) > 0;) {
      if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) mourn(child, status);
      callers.erase(child);
    }
  }

  /// Tells of a conversation whose process broke, and tidies up after it.
  void mourn(pid_t child, int status) {
    spool.forget(child);
    const std::string who = "The process that listened to this caller ", kept =
        " What was acknowledged is kept.";
    if (WIFSIGNALED(status)) {
      const std::string number = std::to_string(WTERMSIG(status));
      tell("aborted", callers[child], who + "was ended by signal " + number + "." + kept);
    } else if (WEXITSTATUS(status) == watchdog::giveUp) {
      tell("stalled", callers[child], who + "did not move and was ended." + kept);
    } else if (WEXITSTATUS(status) == noJail) {
      tell("refused", callers[child], "The jail could not be closed: nobody was listened to.");
    } else {
      tell("aborted", callers[child], who + "broke, most likely for want of memory." + kept);
    }
  }

  void tell(const char *kind, const std::string &address, const std::string &reason) const {
    Event event{};
    event.kind = kind;
    event.address = address;
    event.reason = reason;
    ::tell(spool, event);
  }

  /// Lets what is on its way arrive, but not for ever.
  void finish(const sigset_t &signals) {
    for (const auto &[child, address] : callers) kill(child, SIGTERM);
    const time_t end = time(nullptr) + Spool::graceSeconds;
    while (!callers.empty() && time(nullptr) < end) {
      const timespec moment{0, 50'000'000};
      ppoll(nullptr, 0, &moment, &signals);
      collect(WNOHANG);
    }
    for (const auto &[child, address] : callers) kill(child, SIGKILL);
    collect(0);
  }

  const Settings &settings;
  const Spool &spool;
  DcmTLSTransportLayer *const security;
  const int listener;
  const pid_t parent = getpid();
  std::map<pid_t, std::string> callers;  ///< process and address of each
};

}  // namespace

int listenForCallers(const Settings &settings) {
  const auto layer = settings.isSecure ? security(settings.files, true) : nullptr;
  const int listener = openSocket(settings);
  if (!settings.user.empty()) become(settings.user, settings.spool);
  const Spool spool(settings.spool);
  if (!landlock::restrictFiles({spool.receiving, spool.arrived, spool.events})) {
    Event event{};
    event.kind = "unprotected";
    event.called = settings.title;
    event.address = settings.address;
    event.reason = "This kernel does not bind files with Landlock: whoever took the receiver over "
                   "could reach files outside its spool.";
    tell(spool, event);
  }
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
  const auto [host, port] = place(address, size);
  say("Receiving as " + settings.title + " on " + host + " port " + port +
      (settings.isSecure ? " with TLS." : "."));
  Listener(settings, spool, layer.get(), listener).run();
  say("The receiver has stopped.");
  return 0;
}
