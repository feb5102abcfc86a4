// secondlook-page: sets a report on A4 pages.
//
//   secondlook-page <description >report.pdf
//
// A program of its own, so that the libraries that shape text and draw cost the others neither
// start nor memory, and so that words of other systems meet them behind a filter of system calls.
// Exit status: 0 written, 2 refused with a reason, 3 wrong use, 4 the filter could not be loaded.

#include <cairo-pdf.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "Jail.hpp"
#include "Typesetter.hpp"

namespace {

cairo_status_t append(void *closure, const unsigned char *bytes, unsigned count) {
  static_cast<std::string *>(closure)->append(reinterpret_cast<const char *>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

bool writeAll(const std::string &bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = write(STDOUT_FILENO, bytes.data() + done, bytes.size() - done);
    if (count <= 0) return false;
    done += size_t(count);
  }
  return true;
}

/// The whole document, or a Problem; nothing of it is written before it is whole.
void set(cairo_surface_t *surface, cairo_t *cairo) {
  const Description description = readDescription(std::cin);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, description.title.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, description.author.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "SecondLook");
  // Without it the clock would be in the bytes, and the same report would be another document.
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                 description.created.c_str());
  Typesetter typesetter(cairo);
  const std::vector<Page> pages = typesetter.pages(description);
  for (size_t index = 0; index < pages.size(); ++index) {
    cairo_set_source_rgb(cairo, 0, 0, 0);
    for (const auto &[top, piece] : pages[index]) {
      piece.draw(cairo, top);
    }
    typesetter.drawFooter(description.footer, index + 1, pages.size());
    cairo_show_page(cairo);
  }
}

}  // namespace

int main(int count, char **arguments) {
  if (count > 1) {
    const bool isHelp = !strcmp(arguments[1], "--help");
    fprintf(isHelp ? stdout : stderr, "usage: secondlook-page <description >report.pdf\n");
    return isHelp ? 0 : 3;
  }
  std::string bytes;
  cairo_surface_t *surface =
      cairo_pdf_surface_create_for_stream(append, &bytes, Typesetter::width, Typesetter::height);
  cairo_t *cairo = cairo_create(surface);
  if (!closeJail()) {
    fprintf(stderr, "Error: the filter of system calls could not be loaded.\n");
    return 4;
  }
  try {
    set(surface, cairo);
  } catch (const Problem &problem) {
    fprintf(stderr, "Error: %s\n", problem.reason.c_str());
    return 2;
  }
  cairo_destroy(cairo);
  cairo_surface_finish(surface);
  const cairo_status_t status = cairo_surface_status(surface);
  cairo_surface_destroy(surface);
  if (status != CAIRO_STATUS_SUCCESS || !writeAll(bytes)) {
    fprintf(stderr, "Error: the pages could not be written.\n");
    return 2;
  }
  return 0;
}
