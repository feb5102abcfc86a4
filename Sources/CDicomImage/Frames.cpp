#include "Frames.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>

#include "Codestream.hpp"
#include "JPEG2000.hpp"
#include "Refusal.hpp"
#include "RunLength.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdatset.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcpixel.h"
#include "dcmtk/dcmdata/dcpixseq.h"
#include "dcmtk/dcmdata/dcpxitem.h"

namespace {

/// How the pixels are packed, by transfer syntax.
template <typename Coding>
Coding codingOf(E_TransferSyntax syntax) {
  switch (syntax) {
    case EXS_JPEGLSLossless:
    case EXS_JPEGLSLossy: return Coding::jpegLS;
    case EXS_JPEG2000LosslessOnly:
    case EXS_JPEG2000: return Coding::jpeg2000;
    case EXS_RLELossless: return Coding::rle;
    default: return DcmXfer(syntax).isEncapsulated() ? Coding::jpeg : Coding::plain;
  }
}

}  // namespace

Frames::Frames(DcmDataset &dataSet, const ImageHeader &header)
    : dataSet(dataSet),
      header(header),
      coding(codingOf<Coding>(dataSet.getOriginalXfer())),
      bytesPerSample(header.bytesPerSample()),
      colours(header.photometric) {
  DcmElement *found = nullptr;
  require(dataSet.findAndGetElement(DCM_PixelData, found).good() && found,
          "the file holds no pixels");
  element = dynamic_cast<DcmPixelData *>(found);
  require(element, "the pixel data is no pixel data");
  if (coding == Coding::plain) {
    requireLength();
    return;
  }
  require(header.bitsAllocated != 1 || coding == Coding::jpeg2000,
          "one-bit pixels are decoded uncompressed and in JPEG 2000 only");
  const auto syntax = dataSet.getOriginalXfer();
  require(element->getEncapsulatedRepresentation(syntax, nullptr, sequence).good() && sequence &&
              sequence->card() > 1,
          "the compressed pixels hold no frame");
  starts = matchFragments();
}

void Frames::decode(uint32_t frame, uint8_t *pixels) {
  if (coding != Coding::plain) {
    decompress(compressed(frame), pixels);
  } else if (header.photometric == "YBR_FULL_422") {
    expandChroma(frame, pixels);
  } else if (header.bitsAllocated == 1) {
    spreadBits(frame, pixels);
  } else {
    copyPlain(frame, pixels);
  }
}

void Frames::decompress(const std::vector<uint8_t> &bytes, uint8_t *pixels) {
  if (coding == Coding::rle) return decodeRunLength(bytes, header, pixels);
  if (coding == Coding::jpeg2000) {
    const std::vector<uint8_t> codestream = withoutContainer(bytes);
    Codestream::ofJPEG2000(codestream).requireEqual(header);
    decodeJPEG2000(codestream, header, pixels);
    if (colours == "YBR_RCT" || colours == "YBR_ICT") colours = "RGB";
    return;
  }
  const auto stream = Codestream::ofJPEG(bytes);
  stream.requireEqual(header);
  require(coding != Coding::jpegLS || stream.precision >= 8,
          "JPEG-LS of less than 8 bits is not decoded here");
  // The JPEG decoder writes bytes for up to 8 bits whatever is allocated.
  const bool isNarrow = coding == Coding::jpeg && stream.precision <= 8;
  require(!hasDecoded || (isNarrow ? 1 : header.bytesPerSample()) == bytesPerSample,
          "the compressed frames differ in depth");
  if (isNarrow) bytesPerSample = 1;
  hasDecoded = true;
  // The codecs see an image of this one frame in one piece, with its samples side by side.
  DcmDataset image;
  for (const DcmTagKey &tag : {DCM_Rows, DCM_Columns, DCM_SamplesPerPixel, DCM_BitsAllocated,
                               DCM_BitsStored, DCM_PixelRepresentation,
                               DCM_PhotometricInterpretation}) {
    (void)dataSet.findAndInsertCopyOfElement(tag, &image);
  }
  auto *pieces = new DcmPixelSequence(DCM_PixelSequenceTag);
  auto *data = new DcmPixelData(DCM_PixelData);
  data->putOriginalRepresentation(dataSet.getOriginalXfer(), nullptr, pieces);
  DcmOffsetList offsets;
  const bool isBuilt = image.insert(data).good() &&
                       image.putAndInsertUint16(DCM_HighBit, Uint16(header.highBit)).good() &&
                       image.putAndInsertUint16(DCM_PlanarConfiguration, 0).good() &&
                       pieces->insert(new DcmPixelItem(DCM_PixelItemTag)).good() &&
                       pieces
                           ->storeCompressedFrame(offsets, const_cast<Uint8 *>(bytes.data()),
                                                  Uint32(bytes.size()), 0)
                           .good();
  require(isBuilt, "there is no memory for the compressed frame");

  OFString model;
  Uint32 first = 1;
  const size_t room = header.samplesPerFrame() * header.bitsAllocated / 8;
  require(data->getUncompressedFrame(&image, 0, first, pixels, Uint32(room + room % 2), model)
              .good(),
          "the compressed frame is damaged or incomplete");
  // For grey images the decoder's answer is a guess; MONOCHROME1 must stay what it is.
  if (header.samples == 3) colours = model.c_str();
}

/// Bits of one frame that is not compressed.
uint64_t Frames::storedBits() const {
  const uint64_t bits = uint64_t(header.samplesPerFrame()) * header.bitsAllocated;
  return header.photometric == "YBR_FULL_422" && header.samples == 3 ? bits / 3 * 2 : bits;
}

/// Refuses plain pixels that are fewer than the header says, or so many more that it must be wrong.
///
/// Writers pad to even lengths, and some to whole blocks; a whole row more is another image.
void Frames::requireLength() const {
  const uint64_t bits = storedBits();
  require(header.frames <= UINT64_MAX / bits - 1, "the pixels are cut off");
  const uint64_t wanted = (bits * header.frames + 7) / 8, row = bits / header.rows / 8;
  const uint64_t present = element->getLength();
  require(present >= wanted, "the pixels are cut off");
  require(present - wanted < std::max(row, uint64_t(2)), "there are more pixels than stated");
}

/// Bytes of the pixel data from `start` on, words in little endian order.
std::vector<uint8_t> Frames::stored(uint64_t start, uint64_t count) const {
  // Words are read in pairs of bytes: an odd place would come out shifted.
  const uint64_t first = start - start % 2;
  require(start + count <= element->getLength(), "the pixels are cut off");
  std::vector<uint8_t> bytes(start + count - first);
  require(element->getPartialValue(bytes.data(), Uint32(first), Uint32(bytes.size())).good(),
          "the pixels cannot be read");
  bytes.erase(bytes.begin(), bytes.begin() + (start - first));
  return bytes;
}

/// Copies one frame that is not compressed, sample by sample where planes are apart.
void Frames::copyPlain(uint32_t frame, uint8_t *pixels) {
  const uint64_t size = frameSize();
  std::vector<uint8_t> bytes = stored(frame * size, size);
  // DCMTK exchanges bytes by the VR, in pairs: the halves of longer words are still big endian.
  if (bytesPerSample == 4 && dataSet.getOriginalXfer() == EXS_BigEndianExplicit &&
      element->getVR() == EVR_OW) {
    for (size_t index = 0; index + 4 <= bytes.size(); index += 4) {
      std::swap_ranges(&bytes[index], &bytes[index] + 2, &bytes[index] + 2);
    }
  }
  if (!header.isPlanar) {
    std::memcpy(pixels, bytes.data(), size);
    return;
  }
  const size_t count = size_t(header.rows) * header.columns;
  for (size_t index = 0; index < count * 3; ++index) {
    const size_t from = (index % 3 * count + index / 3) * bytesPerSample;
    std::memcpy(pixels + index * bytesPerSample, bytes.data() + from, bytesPerSample);
  }
}

/// Gives every bit a byte; the lowest comes first, and frames follow without a gap (PS3.5 8.1.1).
void Frames::spreadBits(uint32_t frame, uint8_t *pixels) {
  const uint64_t count = storedBits(), first = frame * count;
  const std::vector<uint8_t> bytes = stored(first / 8, (first % 8 + count + 7) / 8);
  for (uint64_t index = 0; index < count; ++index) {
    const uint64_t place = first % 8 + index;
    pixels[index] = bytes[place / 8] >> (place % 8) & 1;
  }
}

/// Gives both pixels of a pair the colour they share: Y1 Y2 CB CR (PS3.3 C.7.6.3.1.2).
void Frames::expandChroma(uint32_t frame, uint8_t *pixels) {
  require(header.bitsAllocated == 8 && header.samples == 3 && header.columns % 2 == 0,
          "the halved colour resolution does not fit the image");
  const uint64_t size = uint64_t(header.rows) * header.columns * 2;
  const std::vector<uint8_t> pairs = stored(frame * size, size);
  for (size_t index = 0; index < size / 4; ++index) {
    const uint8_t *pair = pairs.data() + index * 4;
    const uint8_t both[6] = {pair[0], pair[2], pair[3], pair[1], pair[2], pair[3]};
    std::memcpy(pixels + index * 6, both, 6);
  }
  colours = "YBR_FULL";
}

/// Finds where each frame begins: by count, by the offset table, or by the marks of the streams.
///
/// Source: PS3.5 A.4.
std::vector<uint32_t> Frames::matchFragments() const {
  const uint32_t fragments = uint32_t(sequence->card() - 1);
  std::vector<uint32_t> found;
  if (header.frames == 1) {
    found = {1};
  } else if (fragments == header.frames) {
    for (uint32_t index = 1; index <= fragments; ++index) found.push_back(index);
  } else {
    const std::vector<uint8_t> table = fragment(0);
    uint64_t offset = 0;
    for (uint32_t index = 1; index <= fragments; ++index) {
      const std::vector<uint8_t> bytes = fragment(index);
      const size_t entry = found.size() * 4;
      if (entry + 4 <= table.size()) {
        const uint64_t stated = uint64_t(table[entry]) | uint64_t(table[entry + 1]) << 8 |
                                uint64_t(table[entry + 2]) << 16 | uint64_t(table[entry + 3]) << 24;
        if (offset == stated) found.push_back(index);
      } else if (table.empty() && bytes.size() > 2 && bytes[0] == 0xff &&
                 (bytes[1] == 0xd8 || (bytes[1] == 0x4f && bytes[2] == 0xff))) {
        found.push_back(index);
      }
      offset += 8 + bytes.size();
    }
  }
  require(found.size() == header.frames, "the compressed pieces cannot be matched to frames");
  found.push_back(fragments + 1);
  return found;
}

std::vector<uint8_t> Frames::compressed(uint32_t frame) const {
  std::vector<uint8_t> bytes;
  for (uint32_t index = starts[frame]; index < starts[frame + 1]; ++index) {
    const std::vector<uint8_t> piece = fragment(index);
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  return bytes;
}

std::vector<uint8_t> Frames::fragment(uint32_t index) const {
  DcmPixelItem *item = nullptr;
  Uint8 *data = nullptr;
  require(sequence->getItem(item, index).good() && item, "a compressed piece is missing");
  if (item->getLength() == 0) return {};
  require(item->getUint8Array(data).good() && data, "a compressed piece cannot be read");
  return {data, data + item->getLength()};
}
