#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

/// A mistake in the description, or something that cannot be set: one sentence for people.
struct Problem {
  std::string reason;
};

/// A rectangle over an image, in pixels of the image.
struct Box {
  double left, top, right, bottom;
  std::string name;
};

/// One thing on a page, in the order of reading.
struct Block {
  enum class Kind { letterhead, banner, caution, heading, field, text, bullet, image };
  Kind kind;
  /// A caption where it is an image.
  std::string text;
  /// Only of a field.
  std::string name;
  /// Only of an image: grey values row by row.
  int columns = 0, rows = 0;
  std::vector<uint8_t> greys;
  std::vector<Box> boxes;
};

/// What is set: blocks, and what stands at the foot of every page.
struct Description {
  std::string title, author, created, footer;
  std::vector<Block> blocks;
};

/// Reads a description; the manual page says how one is written.
///
/// Throws Problem.
Description readDescription(std::istream &input);
