#include "Text.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

std::string printable(const std::string &text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  std::string result = text.substr(first, text.find_last_not_of(' ') - first + 1);
  for (char &character : result) {
    if (character < 0x20 || character > 0x7e) character = '?';
  }
  return result;
}

std::string inJSON(const std::string &text) {
  std::string result = "\"";
  for (char character : text) {
    if (character == '"' || character == '\\') result += '\\';
    result += character;
  }
  return result + '"';
}

std::string timestamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  char seconds[32], text[48];
  strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts);
  snprintf(text, sizeof text, "%s.%03ldZ", seconds, now.tv_nsec / 1'000'000);
  return text;
}

std::string uniqueName() {
  static unsigned count = 0;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  char text[80];
  snprintf(text, sizeof text, "%010lld%09ld-%d-%u", static_cast<long long>(now.tv_sec),
           now.tv_nsec, int(getpid()), ++count);
  return text;
}

std::vector<std::string> parts(const std::string &list) {
  std::vector<std::string> result;
  for (size_t start = 0; start <= list.size();) {
    const size_t end = std::min(list.find(',', start), list.size());
    const std::string part = printable(list.substr(start, end - start));
    if (!part.empty()) result.push_back(part);
    start = end + 1;
  }
  return result;
}

void say(const std::string &line) {
  pollfd reader{STDOUT_FILENO, POLLOUT, 0};
  if (poll(&reader, 1, 0) == 1) (void)!write(STDOUT_FILENO, (line + "\n").data(), line.size() + 1);
}

std::string systemReason() { return strerror(errno); }
