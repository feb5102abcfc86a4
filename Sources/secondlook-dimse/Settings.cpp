#include "Settings.hpp"

#include <getopt.h>

#include <cerrno>
#include <cstdlib>
#include <map>

#include "Problem.hpp"
#include "Text.hpp"

namespace {

/// What was given by name, in order, and what was given without.
struct Words {
  std::multimap<std::string, std::string> options;
  std::vector<std::string> others;

  /// Reads `--name value` and `--name=value`; a name that ends in `!` has no value.
  Words(int count, char **arguments, std::initializer_list<const char *> names) {
    std::vector<std::string> storage(names.begin(), names.end());
    std::vector<option> known;
    for (std::string &name : storage) {
      const bool isFlag = name.back() == '!';
      if (isFlag) name.pop_back();
      known.push_back({name.c_str(), isFlag ? no_argument : required_argument, nullptr, 0});
    }
    known.push_back({});
    opterr = 0;
    // It begins after the first word, which is the subcommand here.
    for (int index = 0, found = 0;
         (found = getopt_long(count, arguments, "", known.data(), &index)) != -1;) {
      require(found == 0, "“" + printable(arguments[optind - 1]) +
                              "” is not understood, or lacks its value; see --help.");
      options.emplace(known[size_t(index)].name, optarg ? optarg : "");
    }
    for (int index = optind; index < count; ++index) others.push_back(arguments[index]);
  }

  std::string text(const std::string &name, const std::string &otherwise = "") const {
    // Said twice, the last counts.
    const auto [first, last] = options.equal_range(name);
    return first == last ? otherwise : std::prev(last)->second;
  }

  std::vector<std::string> texts(const std::string &name) const {
    std::vector<std::string> result;
    const auto [first, last] = options.equal_range(name);
    for (auto next = first; next != last; ++next) result.push_back(next->second);
    return result;
  }

  uint64_t number(const std::string &name, uint64_t otherwise, uint64_t least,
                  uint64_t most) const {
    return options.count(name) > 0 ? checked("--" + name, text(name), least, most) : otherwise;
  }

  static uint64_t checked(const std::string &name, const std::string &text, uint64_t least,
                          uint64_t most) {
    char *end = nullptr;
    errno = 0;
    const uint64_t number = strtoull(text.c_str(), &end, 10);
    require(!text.empty() && isdigit(text[0]) && !*end && !errno && number >= least &&
                number <= most,
            name + " has to be a number from " + std::to_string(least) + " to " +
                std::to_string(most) + ".");
    return number;
  }
};

/// An application entity's title: 1 to 16 printable characters without backslash (PS3.5 6.2).
std::string checkedTitle(const std::string &option, const std::string &text) {
  require(!text.empty() && text.size() <= 16 && printable(text) == text &&
              text.find('\\') == std::string::npos,
          option + " has to be an application entity title of 1 to 16 characters.");
  return text;
}

/// Empty, or 1 to 64 digits and dots (PS3.5 9.1): no wildcard hides in one.
std::string checkedUID(const std::string &option, const std::string &text) {
  require(text.size() <= 64 && text.find_first_not_of("0123456789.") == std::string::npos,
          option + " has to be a UID.");
  return text;
}

void readShared(const Words &words, Settings &settings) {
  settings.stall = unsigned(words.number("stall", settings.stall, 1, 3600));
  settings.files = {words.text("certificate"), words.text("key"), words.text("authorities")};
}

}  // namespace

Settings Settings::receive(int count, char **arguments) {
  const Words words(count, arguments,
                    {"spool", "port", "address", "ae", "accept", "most-associations", "stall",
                     "largest", "keep-free", "user", "attached!", "certificate", "key", "authorities"});
  require(words.others.empty(), "receive takes options alone; see --help.");
  Settings settings;
  settings.isAttached = words.options.count("attached") > 0;
  readShared(words, settings);
  settings.isSecure = settings.files.areGiven();
  settings.spool = words.text("spool");
  require(!settings.spool.empty(), "Say with --spool in which folder objects shall wait.");
  settings.address = words.text("address", settings.address);
  require(!words.text("port").empty(), "Say with --port where to listen; 0 is any free port.");
  settings.port = uint16_t(words.number("port", 0, 0, 65535));
  settings.title = checkedTitle("--ae", words.text("ae"));
  for (const std::string &list : words.texts("accept")) {
    for (const std::string &part : parts(list)) {
      settings.accepted.push_back(checkedTitle("--accept", part));
    }
  }
  require(!settings.accepted.empty(),
          "Nobody may send: name with --accept the titles of those who may.");
  settings.mostAssociations =
      unsigned(words.number("most-associations", settings.mostAssociations, 1, 256));
  settings.largest = words.number("largest", settings.largest, 1024, uint64_t(1) << 40);
  settings.keepFree = words.number("keep-free", settings.keepFree, 0, uint64_t(1) << 50);
  settings.user = words.text("user");
  return settings;
}

Settings Settings::ask(int count, char **arguments) {
  const Words words(count, arguments,
                    {"calling", "called", "stall", "json!", "tls!", "certificate", "key",
                     "authorities", "match", "step", "most", "object", "study", "series",
                     "instance"});
  require(words.others.size() == 2, "Name the peer by host and port; see --help.");
  Settings settings;
  readShared(words, settings);
  settings.isSecure = words.options.count("tls") > 0;
  require(settings.isSecure || !settings.files.areGiven(), "Certificates need --tls besides.");
  settings.host = printable(words.others[0]);
  settings.port = uint16_t(Words::checked("The port", words.others[1], 1, 65535));
  settings.calling = checkedTitle("--calling", words.text("calling"));
  settings.called = checkedTitle("--called", words.text("called"));
  settings.isJSON = words.options.count("json") > 0;
  settings.matches = words.texts("match");
  settings.stepMatches = words.texts("step");
  settings.most = unsigned(words.number("most", settings.most, 1, 100'000));
  settings.object = words.text("object");
  settings.study = checkedUID("--study", words.text("study"));
  settings.series = checkedUID("--series", words.text("series"));
  settings.instance = checkedUID("--instance", words.text("instance"));
  return settings;
}
