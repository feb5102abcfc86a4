#include "JPEG2000.hpp"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "ImageHeader.hpp"
#include "Refusal.hpp"

namespace {

/// A stream over bytes in memory, as OpenJPEG wants to read it.
struct Source {
  const std::vector<uint8_t> &bytes;
  size_t position = 0;

  static OPJ_SIZE_T read(void *buffer, OPJ_SIZE_T count, void *user) {
    auto &source = *static_cast<Source *>(user);
    const size_t available = source.bytes.size() - source.position;
    if (available == 0) return OPJ_SIZE_T(-1);
    count = std::min(count, available);
    std::memcpy(buffer, source.bytes.data() + source.position, count);
    source.position += count;
    return count;
  }

  static OPJ_OFF_T skip(OPJ_OFF_T count, void *user) {
    auto &source = *static_cast<Source *>(user);
    const OPJ_OFF_T available = OPJ_OFF_T(source.bytes.size() - source.position);
    if (count < 0) return -1;
    count = std::min(count, available);
    source.position += size_t(count);
    return count;
  }

  static OPJ_BOOL seek(OPJ_OFF_T position, void *user) {
    auto &source = *static_cast<Source *>(user);
    if (position < 0 || size_t(position) > source.bytes.size()) return OPJ_FALSE;
    source.position = size_t(position);
    return OPJ_TRUE;
  }
};

/// Gives a handle back by the function OpenJPEG has for its kind.
template <auto destroy>
struct Free {
  template <typename Handle>
  void operator()(Handle *handle) const {
    destroy(handle);
  }
};

}  // namespace

std::vector<uint8_t> withoutContainer(std::vector<uint8_t> frame) {
  static const uint8_t signature[12] = {0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10};
  if (frame.size() < 12 || std::memcmp(frame.data(), signature, 12) != 0) return frame;
  for (size_t at = 12; at + 8 <= frame.size();) {
    const uint8_t *box = frame.data() + at;
    const size_t length =
        size_t(box[0]) << 24 | size_t(box[1]) << 16 | size_t(box[2]) << 8 | size_t(box[3]);
    // 0 means "to the end"; boxes beyond 4 GiB (1) do not fit into a file that is read here.
    require(length == 0 || (length >= 8 && length <= frame.size() - at),
            "the JP2 container is damaged");
    const size_t end = length == 0 ? frame.size() : at + length;
    if (std::memcmp(box + 4, "jp2c", 4) == 0) return {frame.begin() + at + 8, frame.begin() + end};
    at = end;
  }
  throw Refusal("the JP2 container holds no codestream");
}

void decodeJPEG2000(const std::vector<uint8_t> &codestream, const ImageHeader &header,
                    uint8_t *pixels) {
  Source source{codestream};
  std::unique_ptr<opj_stream_t, Free<opj_stream_destroy>> stream(opj_stream_create(1 << 16, OPJ_TRUE));
  std::unique_ptr<opj_codec_t, Free<opj_destroy_codec>> codec(opj_create_decompress(OPJ_CODEC_J2K));
  require(stream && codec, "there is no memory for JPEG 2000");
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), codestream.size());
  opj_stream_set_read_function(stream.get(), Source::read);
  opj_stream_set_skip_function(stream.get(), Source::skip);
  opj_stream_set_seek_function(stream.get(), Source::seek);

  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t *read = nullptr;
  require(opj_setup_decoder(codec.get(), &parameters) &&
              opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE) &&
              opj_read_header(stream.get(), codec.get(), &read),
          "the JPEG 2000 header cannot be read");
  std::unique_ptr<opj_image_t, Free<opj_image_destroy>> image(read);
  require(image->numcomps == header.samples,
          "header and compressed frame disagree about the samples per pixel");
  require(image->x1 - image->x0 == header.columns && image->y1 - image->y0 == header.rows,
          "header and compressed frame disagree about the size");
  require(opj_decode(codec.get(), stream.get(), image.get()) &&
              opj_end_decompress(codec.get(), stream.get()),
          "the JPEG 2000 frame is damaged or incomplete");

  const size_t count = size_t(header.rows) * header.columns;
  const uint32_t size = header.bytesPerSample();
  for (uint32_t sample = 0; sample < header.samples; ++sample) {
    const opj_image_comp_t &component = image->comps[sample];
    require(component.data && component.dx == 1 && component.dy == 1 &&
                component.w == header.columns && component.h == header.rows,
            "the JPEG 2000 components differ in size");
    for (size_t index = 0; index < count; ++index) {
      // The low bits are the same whether the stream or the header calls them signed.
      const uint32_t value = uint32_t(component.data[index]);
      uint8_t *place = pixels + (index * header.samples + sample) * size;
      for (uint32_t byte = 0; byte < size; ++byte) place[byte] = uint8_t(value >> (8 * byte));
    }
  }
}
