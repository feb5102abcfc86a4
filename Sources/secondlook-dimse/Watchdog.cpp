#include "Watchdog.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

namespace {

/// Bytes of an object that are a step: any line on which images travel brings them in time.
constexpr uint64_t stepBytes = 4096;

int watched = -1;
unsigned limit = 0;
uint64_t advanced = 0;  ///< bytes since the last step
volatile sig_atomic_t isTimeOver = 0, isStopping = 0, isBetween = 0;

void timeIsOver(int) {
  if (isTimeOver) _exit(watchdog::giveUp);
  isTimeOver = 1;
  shutdown(watched, SHUT_RDWR);
  alarm(5);
}

void stopSoon(int) {
  isStopping = 1;
  if (isBetween) shutdown(watched, SHUT_RD);
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  sigaction(number, &action, nullptr);
}

}  // namespace

void watchdog::watch(int socket, unsigned seconds) {
  watched = socket;
  limit = seconds;
  handle(SIGALRM, timeIsOver);
  handle(SIGTERM, stopSoon);
  handle(SIGINT, stopSoon);
  step();
}

void watchdog::step() {
  isBetween = 0;
  advanced = 0;
  if (!isTimeOver) alarm(limit);
}

void watchdog::advance(uint64_t bytes) {
  advanced += bytes;
  if (advanced >= stepBytes) step();
}

void watchdog::waitForNext() {
  step();
  isBetween = 1;
  // The signal may have come a moment ago, while an object was on its way.
  if (isStopping) shutdown(watched, SHUT_RD);
}

void watchdog::stop() {
  isBetween = 0;
  alarm(0);
}

bool watchdog::isOver() { return isTimeOver; }
bool watchdog::isAskedToStop() { return isStopping; }
