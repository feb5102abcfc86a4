#define LANES 16
#define TARGET
#define RUN 3
#define WAY SINGLY
#define TABLE ce_bytes_baseline16
#include "bytes.h"
