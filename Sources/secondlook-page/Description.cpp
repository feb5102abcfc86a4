#include "Description.hpp"

#include <map>
#include <sstream>

namespace {

constexpr int largestSide = 4096;
constexpr size_t mostBlocks = 20000;
constexpr size_t mostBoxes = 1000;

const std::map<std::string, Block::Kind> kinds = {
    {"letterhead", Block::Kind::letterhead}, {"banner", Block::Kind::banner},
    {"caution", Block::Kind::caution},       {"heading", Block::Kind::heading},
    {"field", Block::Kind::field},           {"text", Block::Kind::text},
    {"bullet", Block::Kind::bullet},         {"image", Block::Kind::image},
};

/// The words after the first `count`, which a single space separates.
std::string after(const std::string &line, int count) {
  size_t place = 0;
  for (int word = 0; word < count; ++word) {
    place = line.find(' ', place);
    if (place == std::string::npos) return "";
    ++place;
  }
  return line.substr(place);
}

void readImage(std::istream &input, const std::string &line, Block &block) {
  size_t boxes = 0;
  std::istringstream words(line);
  std::string keyword;
  if (!(words >> keyword >> block.columns >> block.rows >> boxes) || block.columns < 1 ||
      block.rows < 1 || block.columns > largestSide || block.rows > largestSide ||
      boxes > mostBoxes) {
    throw Problem{"An image has to say its columns, rows and number of boxes."};
  }
  block.text = after(line, 4);
  block.greys.resize(size_t(block.columns) * size_t(block.rows));
  if (!input.read(reinterpret_cast<char *>(block.greys.data()), long(block.greys.size()))) {
    throw Problem{"An image ends early."};
  }
  if (input.get() != '\n') throw Problem{"An image is longer than it says."};
  for (size_t index = 0; index < boxes; ++index) {
    std::string text;
    if (!std::getline(input, text)) throw Problem{"A box is missing."};
    Box box;
    std::istringstream parts(text);
    if (!(parts >> keyword >> box.left >> box.top >> box.right >> box.bottom) ||
        keyword != "box" || !(box.left < box.right) || !(box.top < box.bottom)) {
      throw Problem{"A box has to say left, top, right and bottom."};
    }
    box.name = after(text, 5);
    block.boxes.push_back(box);
  }
}

}  // namespace

Description readDescription(std::istream &input) {
  Description description;
  std::string line;
  if (!std::getline(input, line) || line != "secondlook-page 1") {
    throw Problem{"The first line has to be \"secondlook-page 1\"."};
  }
  const std::map<std::string, std::string *> settings = {{"title", &description.title},
                                                         {"author", &description.author},
                                                         {"created", &description.created},
                                                         {"footer", &description.footer}};
  while (std::getline(input, line)) {
    const std::string keyword = line.substr(0, line.find(' '));
    if (keyword == "end") return description;
    if (const auto setting = settings.find(keyword); setting != settings.end()) {
      *setting->second = after(line, 1);
      continue;
    }
    const auto kind = kinds.find(keyword);
    if (kind == kinds.end()) throw Problem{"A line begins with a word that is not known."};
    if (description.blocks.size() == mostBlocks) throw Problem{"There are too many blocks."};
    Block block{kind->second, after(line, 1), "", 0, 0, {}, {}};
    if (block.kind == Block::Kind::image) readImage(input, line, block);
    if (block.kind == Block::Kind::field) {
      const size_t tab = block.text.find('\t');
      if (tab == std::string::npos) throw Problem{"A field needs a tab after its name."};
      block.name = block.text.substr(0, tab);
      block.text = block.text.substr(tab + 1);
    }
    description.blocks.push_back(std::move(block));
  }
  // Whoever wrote it may have died on the way: half a report is none.
  throw Problem{"The last line has to be \"end\"."};
}
