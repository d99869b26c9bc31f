/* The folder of the sources, where a test has it: anywhere that every user can go. Included first, by the compiler. */
#ifndef HF_TESTS_HELPER_FOLDER_H
#define HF_TESTS_HELPER_FOLDER_H

extern char test_helper_folder[];
#define HF_HELPER_FOLDER test_helper_folder

#endif
