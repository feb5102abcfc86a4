#include "Typesetter.hpp"

#include <glib.h>

#include <algorithm>

namespace {

constexpr double textWidth = Typesetter::width - 2 * Typesetter::margin;
/// Where the text of a page ends; the footer is below.
constexpr double textEnd = Typesetter::height - 72;
constexpr double fieldIndent = 104;
constexpr double largestImage = 300;

/// The script of the first sign that no font has, for people who have to install one.
std::string missingScript(PangoLayout *whole) {
  PangoLayout *probe = pango_layout_copy(whole);
  std::string script = "unknown";
  const char *text = pango_layout_get_text(whole);
  for (const char *sign = text; *sign; sign = g_utf8_next_char(sign)) {
    pango_layout_set_text(probe, sign, int(g_utf8_next_char(sign) - sign));
    if (pango_layout_get_unknown_glyphs_count(probe) == 0) continue;
    const guint32 code =
        g_unicode_script_to_iso15924(g_unichar_get_script(g_utf8_get_char(sign)));
    script = {char(code >> 24), char(code >> 16), char(code >> 8), char(code)};
    break;
  }
  g_object_unref(probe);
  return script;
}

}  // namespace

Typesetter::Layout Typesetter::layout(const std::string &text, const char *font, double width) {
  if (!g_utf8_validate(text.c_str(), long(text.size()), nullptr)) {
    throw Problem{"The description is not UTF-8."};
  }
  Layout layout(pango_cairo_create_layout(cairo_), g_object_unref);
  PangoContext *context = pango_layout_get_context(layout.get());
  pango_cairo_context_set_resolution(context, 72);
  pango_context_set_round_glyph_positions(context, FALSE);
  PangoFontDescription *description = pango_font_description_from_string(font);
  pango_layout_set_font_description(layout.get(), description);
  pango_font_description_free(description);
  pango_layout_set_width(layout.get(), int(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_spacing(layout.get(), 2 * PANGO_SCALE);
  pango_layout_set_text(layout.get(), text.c_str(), int(text.size()));
  if (pango_layout_get_unknown_glyphs_count(layout.get()) > 0) {
    throw Problem{"No font of this machine has the signs of a word in the report (script " +
                  missingScript(layout.get()) +
                  "). Install one: fonts-dejavu-core has Latin, Greek and Cyrillic, "
                  "fonts-droid-fallback has Chinese, Japanese and Korean."};
  }
  return layout;
}

void Typesetter::addText(const Layout &layout, double indent, double before, bool isHeading,
                         const Layout &label) {
  const int count = pango_layout_get_line_count(layout.get());
  for (int index = 0; index < count; ++index) {
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout.get(), index);
    PangoRectangle extents;
    pango_layout_line_get_extents(line, nullptr, &extents);
    const double ascent = PANGO_ASCENT(extents) / double(PANGO_SCALE);
    Piece piece;
    piece.before = index == 0 ? before : 2;
    piece.height = extents.height / double(PANGO_SCALE);
    // Two lines of a paragraph stay together at least, at its beginning as at its end.
    piece.keepsWithNext = isHeading || (count > 1 && (index == 0 || index == count - 2));
    const bool isLast = index == count - 1;
    if (isLast && !isHeading) piece.keepsWithNext = false;
    piece.draw = [layout, line, indent, ascent, label = index == 0 ? label : nullptr](
                     cairo_t *cairo, double top) {
      cairo_move_to(cairo, margin + indent, top + ascent);
      pango_cairo_show_layout_line(cairo, line);
      if (!label) return;
      cairo_move_to(cairo, margin, top + ascent);
      pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(label.get(), 0));
    };
    pieces_.push_back(std::move(piece));
  }
}

void Typesetter::addImage(const Block &block) {
  const double scale = std::min(textWidth / block.columns, largestImage / block.rows);
  std::vector<Layout> names;
  for (const Box &box : block.boxes) names.push_back(layout(box.name, "Sans Bold 9", textWidth));
  Piece piece;
  piece.before = 8;
  piece.height = block.rows * scale;
  piece.keepsWithNext = true;
  piece.draw = [block, scale, names](cairo_t *cairo, double top) {
    cairo_surface_t *picture =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, block.columns, block.rows);
    uint8_t *bytes = cairo_image_surface_get_data(picture);
    const int stride = cairo_image_surface_get_stride(picture);
    for (int row = 0; row < block.rows; ++row) {
      auto *pixels = reinterpret_cast<uint32_t *>(bytes + long(row) * stride);
      for (int column = 0; column < block.columns; ++column) {
        pixels[column] = block.greys[size_t(row) * block.columns + column] * 0x010101u;
      }
    }
    cairo_surface_mark_dirty(picture);
    cairo_save(cairo);
    cairo_translate(cairo, margin, top);
    cairo_scale(cairo, scale, scale);
    cairo_set_source_surface(cairo, picture, 0, 0);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(picture);
    for (size_t index = 0; index < block.boxes.size(); ++index) {
      const Box &box = block.boxes[index];
      const double x = margin + box.left * scale, y = top + box.top * scale;
      cairo_save(cairo);
      // White within black is seen on any grey, on any printer.
      for (const auto &[grey, line] : {std::pair{0.0, 2.6}, std::pair{1.0, 1.2}}) {
        cairo_set_source_rgb(cairo, grey, grey, grey);
        cairo_set_line_width(cairo, line);
        cairo_rectangle(cairo, x, y, (box.right - box.left) * scale,
                        (box.bottom - box.top) * scale);
        cairo_stroke(cairo);
      }
      const double above = y - 13 > top ? y - 13 : y + 3;
      cairo_move_to(cairo, x + 1, above);
      pango_cairo_layout_path(cairo, names[index].get());
      cairo_set_source_rgb(cairo, 0, 0, 0);
      cairo_set_line_width(cairo, 2);
      cairo_stroke_preserve(cairo);
      cairo_set_source_rgb(cairo, 1, 1, 1);
      cairo_fill(cairo);
      cairo_restore(cairo);
    }
  };
  pieces_.push_back(std::move(piece));
  addText(layout(block.text, "Sans 8", textWidth), 0, 4, false);
}

void Typesetter::add(const Block &block) {
  switch (block.kind) {
    case Block::Kind::letterhead:
      return addText(layout(block.text, pieces_.empty() ? "Sans Bold 13" : "Sans 9", textWidth), 0,
                     2, true);
    case Block::Kind::banner:
      return addText(layout(block.text, "Sans Bold 16", textWidth), 0, 14, true);
    case Block::Kind::caution:
      return addText(layout(block.text, "Sans Bold 10", textWidth), 0, 5, true);
    case Block::Kind::heading:
      return addText(layout(block.text, "Sans Bold 11", textWidth), 0, 14, true);
    case Block::Kind::field:
      return addText(layout(block.text, "Sans 10", textWidth - fieldIndent), fieldIndent, 3, false,
                     layout(block.name, "Sans Bold 9", fieldIndent - 8));
    case Block::Kind::text: return addText(layout(block.text, "Sans 10", textWidth), 0, 4, false);
    case Block::Kind::bullet:
      return addText(layout(block.text, "Sans 9", textWidth - 12), 12, 3, false,
                     layout("\u2013", "Sans 9", 12));
    case Block::Kind::image: return addImage(block);
  }
}

std::vector<Page> Typesetter::pages(const Description &description) {
  for (const Block &block : description.blocks) add(block);
  std::vector<Page> pages(1);
  double place = margin;
  for (size_t first = 0; first < pieces_.size();) {
    size_t last = first;
    while (pieces_[last].keepsWithNext && last + 1 < pieces_.size()) ++last;
    double needed = 0;
    for (size_t index = first; index <= last; ++index) {
      needed += pieces_[index].before + pieces_[index].height;
    }
    const bool fitsPage = needed <= textEnd - margin;
    for (size_t index = first; index <= last; ++index) {
      const Piece &piece = pieces_[index];
      const double rest = fitsPage && index == first ? needed : piece.before + piece.height;
      if (place + rest > textEnd && !pages.back().empty()) {
        pages.emplace_back();
        place = margin;
      }
      place += pages.back().empty() ? 0 : piece.before;
      pages.back().emplace_back(place, piece);
      place += piece.height;
    }
    first = last + 1;
  }
  return pages;
}

void Typesetter::drawFooter(const std::string &text, size_t number, size_t count) {
  const double top = height - 52;
  cairo_set_source_rgb(cairo_, 0, 0, 0);
  cairo_set_line_width(cairo_, 0.5);
  cairo_move_to(cairo_, margin, top);
  cairo_line_to(cairo_, width - margin, top);
  cairo_stroke(cairo_);
  const Layout words = layout(text, "Sans 7.5", textWidth - 80);
  pango_layout_set_height(words.get(), -2);
  pango_layout_set_ellipsize(words.get(), PANGO_ELLIPSIZE_END);
  cairo_move_to(cairo_, margin, top + 5);
  pango_cairo_show_layout(cairo_, words.get());
  const std::string page = "Page " + std::to_string(number) + " of " + std::to_string(count);
  const Layout pageLayout = layout(page, "Sans 7.5", 76);
  pango_layout_set_alignment(pageLayout.get(), PANGO_ALIGN_RIGHT);
  cairo_move_to(cairo_, width - margin - 76, top + 5);
  pango_cairo_show_layout(cairo_, pageLayout.get());
}
