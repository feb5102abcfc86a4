#pragma once

#include <pango/pangocairo.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "Description.hpp"

/// Something that is not broken across pages: a line of text or an image.
struct Piece {
  double before = 0;
  double height = 0;
  /// The next piece has to be on the same page: a heading and what it is the heading of.
  bool keepsWithNext = false;
  /// Draws it with its upper edge at a height, in points from the top of the page.
  std::function<void(cairo_t *, double)> draw;
};

using Page = std::vector<std::pair<double, Piece>>;

/// Sets blocks on A4 pages.
class Typesetter {
 public:
  static constexpr double width = 595.28, height = 841.89, margin = 56;

  explicit Typesetter(cairo_t *cairo) : cairo_(cairo) {}

  /// Throws Problem where the fonts of this machine lack a sign.
  std::vector<Page> pages(const Description &description);

  /// What stands below the text of every page.
  void drawFooter(const std::string &text, size_t number, size_t count);

 private:
  using Layout = std::shared_ptr<PangoLayout>;

  Layout layout(const std::string &text, const char *font, double width);
  void add(const Block &block);
  void addText(const Layout &layout, double indent, double before, bool isHeading,
               const Layout &label = nullptr);
  void addImage(const Block &block);

  cairo_t *cairo_;
  std::vector<Piece> pieces_;
};
