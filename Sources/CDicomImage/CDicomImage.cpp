#include "CDicomImage.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "Frames.hpp"
#include "ImageHeader.hpp"
#include "Refusal.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcdict.h"
#include "dcmtk/dcmdata/dcfilefo.h"
#include "dcmtk/dcmdata/dcistrmb.h"
#include "dcmtk/dcmdata/dcmetinf.h"
#include "dcmtk/dcmjpeg/djdecode.h"
#include "dcmtk/dcmjpls/djdecode.h"
#include "dcmtk/oflog/oflog.h"

namespace {

/// Most bytes of decoded pixels in one answer.
constexpr uint64_t outputLimit = uint64_t(1) << 30;

/// Refuses by name what no decoder here knows (PS3.6 table A-1).
void requireKnownCoding(DcmFileFormat &file) {
  OFString syntax;
  (void)file.getMetaInfo()->findAndGetOFString(DCM_TransferSyntaxUID, syntax);
  const std::string prefix = "1.2.840.10008.1.2.";
  const std::string uid = syntax.c_str();
  if (uid.compare(0, prefix.size(), prefix) != 0) return;
  const std::string kind = uid.substr(prefix.size());
  require(kind.compare(0, 4, "4.20") != 0, "High-Throughput JPEG 2000 is not decoded here");
  require(kind.compare(0, 4, "4.10") != 0, "MPEG video is not decoded here");
  require(kind.compare(0, 4, "4.11") != 0, "JPEG XL is not decoded here");
  require(kind.compare(0, 4, "4.92") != 0 && kind.compare(0, 4, "4.93") != 0,
          "multi-component JPEG 2000 is not decoded here");
  require(kind != "8.1", "deflated image frames are not decoded here");
}

/// Leaves of every sample only its stored bits, with the sign carried up (PS3.5 8.1.1).
void keepStoredBits(const ImageHeader &header, uint32_t sampleSize, uint8_t *pixels,
                    size_t count) {
  const uint32_t bits = sampleSize * 8;
  const uint32_t shift = header.highBit + 1 - header.bitsStored;
  if (header.bitsStored >= bits || shift + header.bitsStored > bits) return;
  const uint32_t mask = (uint32_t(1) << header.bitsStored) - 1;
  const uint32_t sign = header.isSigned ? uint32_t(1) << (header.bitsStored - 1) : 0;
  for (size_t index = 0; index < count; ++index) {
    uint8_t *sample = pixels + index * sampleSize;
    uint32_t value = 0;
    for (uint32_t byte = 0; byte < sampleSize; ++byte) value |= uint32_t(sample[byte]) << 8 * byte;
    value = (value >> shift) & mask;
    if (value & sign) value |= ~mask;
    for (uint32_t byte = 0; byte < sampleSize; ++byte) sample[byte] = uint8_t(value >> 8 * byte);
  }
}

/// Turns luma and chroma into red, green and blue (ITU T.871 7), as the JPEG decoder does.
void turnIntoRGB(uint8_t *pixels, size_t count) {
  const auto clamped = [](double value) {
    return uint8_t(std::min(255.0, std::max(0.0, value)) + 0.5);
  };
  for (size_t index = 0; index < count; ++index) {
    uint8_t *pixel = pixels + 3 * index;
    const double y = pixel[0], blue = pixel[1] - 128.0, red = pixel[2] - 128.0;
    pixel[0] = clamped(y + 1.402 * red);
    pixel[1] = clamped(y - 0.344136 * blue - 0.714136 * red);
    pixel[2] = clamped(y + 1.772 * blue);
  }
}

void decode(const uint8_t *bytes, size_t count, int32_t frame, CDImage &image) {
  DcmInputBufferStream stream;
  stream.setBuffer(bytes, offile_off_t(count));
  stream.setEos();
  DcmFileFormat file;
  file.transferInit();
  const OFCondition result = file.read(stream);
  file.transferEnd();
  requireKnownCoding(file);
  require(result.good(), "the file cannot be parsed");

  DcmDataset &dataSet = *file.getDataset();
  const ImageHeader header = ImageHeader::read(dataSet);
  require(frame < 0 || uint32_t(frame) < header.frames, "the image has no such frame");
  const uint32_t first = frame < 0 ? 0 : uint32_t(frame);
  const uint32_t frames = frame < 0 ? header.frames : 1;

  Frames decoder(dataSet, header);
  require(frames <= outputLimit / decoder.frameSize(), "the image is too large to decode");
  // One frame's room more than the answer: the decoders may pad an odd frame.
  const size_t room = decoder.frameSize() + 1;
  std::unique_ptr<uint8_t, decltype(&std::free)> pixels(
      static_cast<uint8_t *>(std::calloc(frames * decoder.frameSize() + room, 1)), &std::free);
  require(pixels != nullptr, "there is no memory for the pixels");
  for (uint32_t index = 0; index < frames; ++index) {
    decoder.decode(first + index, pixels.get() + index * decoder.frameSize());
  }
  const size_t samples = header.samplesPerFrame() * frames;
  keepStoredBits(header, decoder.sampleSize(), pixels.get(), samples);
  std::string photometric = decoder.photometric();
  if (photometric == "YBR_FULL" && header.samples == 3 && decoder.sampleSize() == 1) {
    turnIntoRGB(pixels.get(), samples / 3);
    photometric = "RGB";
  }

  image.rows = header.rows;
  image.columns = header.columns;
  image.frames = header.frames;
  image.firstFrame = first;
  image.frameCount = frames;
  image.samples = uint8_t(header.samples);
  image.bytesPerSample = uint8_t(decoder.sampleSize());
  image.bitsStored = uint8_t(std::min(header.bitsStored, 8 * decoder.sampleSize()));
  image.isSigned = header.isSigned;
  std::snprintf(image.photometric, sizeof image.photometric, "%s", photometric.c_str());
  std::snprintf(image.instance, sizeof image.instance, "%s", header.instance.c_str());
  image.size = samples * decoder.sampleSize();
  image.pixels = pixels.release();
}

}  // namespace

const char *cd_prepare(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    // DCMTK would write its warnings over the screen of whoever started us.
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    // Streams that say they are YCbCr are believed over headers that say RGB: many are wrong.
    DJDecoderRegistration::registerCodecs(EDC_guess);
    DJLSDecoderRegistration::registerCodecs();
  });
  // Without its dictionary DCMTK turns implicit files into mush and says nothing.
  return dcmDataDict.isDictionaryLoaded() ? nullptr : "the DICOM dictionary of DCMTK is missing";
}

int cd_decode(const uint8_t *bytes, size_t count, int32_t frame, CDImage *image, char *reason,
              size_t reasonSize) {
  *image = CDImage{};
  try {
    decode(bytes, count, frame, *image);
    return 1;
  } catch (const Refusal &refusal) {
    std::snprintf(reason, reasonSize, "%s", refusal.what());
  } catch (const std::exception &) {
    std::snprintf(reason, reasonSize, "there is no memory for this image");
  }
  return 0;
}

void cd_release(CDImage *image) {
  std::free(image->pixels);
  *image = CDImage{};
}
