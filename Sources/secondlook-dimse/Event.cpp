#include "Event.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "Text.hpp"

namespace {

constexpr int mostWaiting = 1000;

/// Whether the folder holds as many events as may wait.
bool isFull(int folder) {
  DIR *entries = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!entries) return true;
  int count = 0;
  while (count <= mostWaiting + 2 && readdir(entries)) ++count;
  closedir(entries);
  // Besides the events there are the folder, its parent and perhaps the count of the dropped.
  return count >= mostWaiting + 2;
}

bool writeFile(int folder, const std::string &name, int flags, const std::string &text) {
  const int file = openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (file < 0) return false;
  const bool isWhole = write(file, text.data(), text.size()) == ssize_t(text.size());
  return close(file) == 0 && isWhole;
}

std::string json(const Event &event) {
  return "{\"time\": " + inJSON(timestamp()) + ", \"kind\": " + inJSON(event.kind) +
         ", \"calling\": " + inJSON(event.calling) + ", \"called\": " + inJSON(event.called) +
         ", \"address\": " + inJSON(event.address) +
         ", \"stored\": " + std::to_string(event.stored) +
         ", \"failed\": " + std::to_string(event.failed) +
         ", \"bytes\": " + std::to_string(event.bytes) +
         ", \"reason\": " + inJSON(event.reason) + "}\n";
}

std::string line(const Event &event) {
  std::string text = timestamp() + " " + event.kind + " " + event.address;
  if (!event.calling.empty()) text += " " + event.calling + " to " + event.called;
  text += ":";
  if (event.stored + event.failed > 0) {
    text += " " + std::to_string(event.stored) + " stored, " + std::to_string(event.failed) +
            " failed, " + std::to_string(event.bytes) + " bytes.";
  }
  return text + " " + event.reason;
}

}  // namespace

void tell(const Spool &spool, const Event &event) {
  const std::string name = uniqueName();
  if (isFull(spool.events)) {
    writeFile(spool.events, "dropped", O_APPEND, ".");
  } else if (writeFile(spool.events, name, O_EXCL, json(event))) {
    renameat(spool.events, name.c_str(), spool.events, (name + ".json").c_str());
  } else {
    unlinkat(spool.events, name.c_str(), 0);
  }
  say(line(event));
}
