#define LANES 8
#define TARGET
#define RUN 3
#define WAY SINGLY
#define TABLE ce_bytes_baseline8
#include "bytes.h"
